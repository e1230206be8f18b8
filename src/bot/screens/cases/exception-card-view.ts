import { type Case, isLive } from '#cases/case.ts';
import { formatAsset, formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber } from '#orders/order.ts';
import { canUndo } from '#payments/resolutions/actions/undo-resolution.ts';
import type { CaseDetails } from '#payments/resolutions/options/get-case.ts';
import {
  decidedWords,
  isTwoSided,
  type ResolutionAction,
  resolvingActions,
} from '#payments/resolutions/options/resolution-actions.ts';
import { shortenId } from '../../text/callback-fields.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, code, show } from '../../text/html.ts';
import { type Button, inPairs, type Presentation, type View } from '../../text/view.ts';
import { formatTime, sentence, severitySigns, statusWord } from '../../text/words.ts';
import { ageText } from '../../wording/case-words.ts';

export interface ExceptionCardOptions extends Presentation {
  /** `full` has the decisions; `plain` is for chats in which they are not served, and leads to the bot that serves them. */
  buttons: 'full' | 'plain';
  /** User name of the bot that serves them. */
  commandBot?: string | null;
}

/** What a decision is called on its button; an ellipsis where something is asked before the reason. */
const actionTexts: Readonly<Record<ResolutionAction, string>> = {
  accept: 'Accept as paid',
  ask_rest: 'Ask for the rest',
  new_link: 'New link…',
  refund: 'Refund',
  refund_surplus: 'Refund the surplus',
  wait: 'Keep waiting…',
  keep: 'Keep with the order',
  check: 'Check again',
  mark_paid: 'Mark paid',
  write_off: 'Write off',
  cancel: 'Cancel order',
  reject: 'Reject',
  link_order: 'Link to an order…',
  dismiss: 'Ignore',
  correct: 'Take their word',
  confirm_refunded: 'It went back',
  confirm_not_refunded: 'It did not go',
};

export function actionText(kind: Case['kind'], action: ResolutionAction): string {
  if (action === 'keep' && kind === 'payment_overpaid') return 'Keep it';
  if (action === 'dismiss' && isTwoSided(kind)) return 'Our books are right';
  return action === 'mark_paid' && isTwoSided(kind) ? 'Mark received' : actionTexts[action];
}

/** One trouble that somebody has to decide: what, by how much, both sides, whose it is, and what may be done. */
export function exceptionCard(details: CaseDetails, options: ExceptionCardOptions): View {
  return {
    text: fitLines([...headLines(details), ...factLines(details), ...stateLines(details, options)]),
    keyboard: options.buttons === 'full' ? keyboardOf(details) : wayThere(details, options),
  };
}

function headLines({ case: one, order, payment }: CaseDetails): Line[] {
  const { severity, facts } = one;
  const sign = isLive(one) ? severitySigns[severity] : '✅';
  const provider = one.provider ?? payment?.provider ?? null;
  const subject = [
    order === null ? null : `Order ${bold(formatOrderNumber(order.number))}`,
    order === null ? moneyText(facts.money) : `${bold(formatMoney(order))} ${statusWord(order.status)}`,
    provider === null ? null : show(providerTitle(provider)),
  ].filter((part) => part !== null);
  return [
    line(`${sign} ${bold(facts.headline, 200)}`, weights.must),
    ...(subject.length === 0 ? [] : [line(subject.join(' · '), weights.must)]),
  ];
}

function moneyText(money: Case['facts']['money']): string | null {
  return money === null ? null : bold(formatAsset(money), 60);
}

function factLines({ case: one, payment, suggestions }: CaseDetails): Line[] {
  const { facts, reference } = one;
  const difference = [facts.differenceFiat, facts.differenceCoin].filter((part) => part !== null);
  const lines: Line[] = [];
  if (difference.length > 0)
    lines.push(
      line(
        `${one.kind === 'payment_overpaid' ? 'Overpayment' : 'Shortfall'}: ${bold(difference.join(' · '), 80)}`,
        weights.must,
      ),
    );
  if (facts.here !== null) lines.push(line(`Here: ${show(facts.here, 200)}`));
  if (facts.there !== null) lines.push(line(`There: ${show(facts.there, 200)}`));
  // The provider's words may be all that stands there.
  if (facts.there?.startsWith(facts.why) !== true) lines.push(line(`Why: ${show(facts.why, 300)}`));
  if (facts.label !== null) lines.push(line(`On it: ${show(facts.label, 160)}`));
  if (payment !== null && payment.acceptedAt !== null) {
    lines.push(line(`Accepted by ${show(payment.acceptedBy ?? '', 64)}: ${show(payment.acceptedReason ?? '', 200)}`));
  }
  if (reference !== null) lines.push(line(`Reference ${code(reference, 60)}`, weights.detail));
  if (suggestions.length > 0) lines.push(line('Perhaps for:'));
  for (const { candidate, because } of suggestions) {
    const { order } = candidate;
    const why = because.length === 0 ? '' : `: ${show(because.join(', '), 120)}`;
    lines.push(
      line(`• ${bold(formatOrderNumber(order.number))} ${formatMoney(order)} ${statusWord(order.status)}${why}`),
    );
  }
  return lines;
}

function stateLines({ case: one }: CaseDetails, presentation: Presentation): Line[] {
  const { kind, openedAt, assigneeName, snoozedUntil, resolvedAt, resolvedBy, reason, resolution, outcome } = one;
  const age = ageText((resolvedAt ?? presentation.now) - openedAt);
  const lines = [line(`Since ${formatTime(openedAt, presentation)} (${age})`)];
  if (isLive(one)) {
    lines.push(line(assigneeName === null ? 'Nobody has it yet.' : `✋ ${bold(assigneeName, 64)} has it`));
    if (one.status === 'snoozed' && snoozedUntil !== null) {
      lines.push(line(`💤 Rests until ${formatTime(snoozedUntil, presentation)}`, weights.must));
    }
    return lines;
  }
  const action = resolvingActions.find((each) => each === resolution);
  const what = action === undefined ? 'Over by itself' : `${show(resolvedBy ?? '', 64)} ${decidedWords(kind, action)}`;
  const why = action === undefined ? outcome : reason;
  const when = resolvedAt === null ? '' : `, ${formatTime(resolvedAt, presentation)}`;
  lines.push(line(`${sentence(what)}${when}${why === null ? '' : `: ${show(why, 300)}`}`, weights.must));
  return lines;
}

function keyboardOf(details: CaseDetails): Button[][] {
  const { case: one, order } = details;
  const { id, kind } = one;
  const buttons = details.actions.map(
    (action): Button => ({
      text: actionText(kind, action),
      callback:
        action === 'check' ? { kind: 'exception', act: 'check', id } : { kind: 'resolve', id, action, option: null },
    }),
  );
  const about: Button[] = [];
  if (isLive(one)) about.push(assigneeButton(one));
  if (canUndo(one)) {
    const text = isLive(one) ? 'Stop waiting' : 'Undo';
    about.push({ text, callback: { kind: 'exception', act: 'undo', id } });
  }
  if (order !== null) about.push({ text: 'Open order', callback: { kind: 'order', act: 'show', id: order.id } });
  const back: Button = { text: '‹ Exceptions', callback: { kind: 'exceptions', filter: 'all', position: null } };
  return [...inPairs(buttons), ...inPairs([...about, back])];
}

function assigneeButton({ id, assigneeId }: Case): Button {
  return assigneeId === null
    ? { text: 'Take it', callback: { kind: 'exception', act: 'take', id } }
    : { text: 'Give it back', callback: { kind: 'exception', act: 'give', id } };
}

function wayThere({ case: one }: CaseDetails, { commandBot }: ExceptionCardOptions): Button[][] {
  if (commandBot === undefined || commandBot === null) return [];
  const url = `https://t.me/${commandBot}?start=ex-${shortenId(one.id)}`;
  return [[{ text: 'Resolve in the command bot', url }]];
}
