import { type Case, isAboutSurplus, isLive } from '#cases/case.ts';
import { formatAsset, formatMoney } from '#kernel/money.ts';
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
import { type Button, inPairs, isButtonUrl, type Presentation, type View } from '../../text/view.ts';
import { formatTime, sentence, statusWord } from '../../text/words.ts';
import { ageText } from '../../wording/case-words.ts';
import { factLines, headLine, sinceText, snoozeLines, subjectLines } from './case-lines.ts';

export interface CaseCardOptions extends Presentation {
  /** `full` has the decisions; `plain` is for chats in which they are not served, and leads to the bot that serves them. */
  buttons: 'full' | 'plain';
  /** User name of the bot that serves them. */
  commandBot?: string | null;
  /** The provider's own page of the payment. */
  providerUrl?: string | null;
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
  if (action === 'keep' && isAboutSurplus(kind)) return 'Keep it';
  if (action === 'dismiss' && isTwoSided(kind)) return 'Our records are right';
  return action === 'mark_paid' && isTwoSided(kind) ? 'Mark received' : actionTexts[action];
}

/** One trouble that somebody has to decide: what, by how much, both sides, whose it is, and what may be done. */
export function caseCard(details: CaseDetails, options: CaseCardOptions): View {
  return {
    text: fitLines([...headLines(details, options), ...contentLines(details), ...stateLines(details, options)]),
    keyboard: options.buttons === 'full' ? keyboardOf(details, options) : wayThere(details, options),
  };
}

function headLines({ case: one, order, payment }: CaseDetails, { providerUrl = null }: CaseCardOptions): Line[] {
  const { facts } = one;
  const asked = facts.money === null ? null : bold(formatAsset(facts.money), 60);
  return [
    headLine(one, bold(facts.headline, 200)),
    ...subjectLines({
      orderNumber: order === null ? null : formatOrderNumber(order.number),
      amount: order === null ? asked : `${bold(formatMoney(order))} ${statusWord(order.status)}`,
      provider: one.provider ?? payment?.provider ?? null,
      providerUrl,
    }),
  ];
}

function contentLines({ case: one, payment, suggestions }: CaseDetails): Line[] {
  const { kind, facts, reference } = one;
  const lines: Line[] = [];
  const difference = [facts.differenceFiat, facts.differenceCoin].filter((part) => part !== null).join(' · ');
  if (difference !== '') {
    const word = isAboutSurplus(kind) ? 'Overpayment' : 'Shortfall';
    lines.push(line(`${word}: ${bold(difference, 80)}`, weights.must));
  } else if (facts.detail !== null) lines.push(line(show(facts.detail, 200)));
  lines.push(
    ...factLines([
      ['Here', facts.here, 200],
      ['There', facts.there, 200],
      // The provider's words may be all that stands there.
      ['Why', facts.there?.startsWith(facts.why) === true ? null : facts.why, 300],
      ['On it', facts.label, 160],
    ]),
  );
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
  const { kind, openedAt, assigneeName, resolvedAt, resolvedBy, reason, resolution, outcome } = one;
  const age = ageText((resolvedAt ?? presentation.now) - openedAt);
  const since = line(`${sinceText(one, presentation)} (${age})`);
  if (isLive(one)) {
    const owner = line(assigneeName === null ? 'Nobody has it yet.' : `✋ ${bold(assigneeName, 64)} has it`);
    return [since, owner, ...snoozeLines(one, { ...presentation, words: 'Rests' })];
  }
  const action = resolvingActions.find((each) => each === resolution);
  const what = action === undefined ? 'Over by itself' : `${show(resolvedBy ?? '', 64)} ${decidedWords(kind, action)}`;
  const why = action === undefined ? outcome : reason;
  const when = resolvedAt === null ? '' : `, ${formatTime(resolvedAt, presentation)}`;
  return [since, line(`${sentence(what)}${when}${why === null ? '' : `: ${show(why, 300)}`}`, weights.must)];
}

function keyboardOf(details: CaseDetails, { providerUrl = null }: CaseCardOptions): Button[][] {
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
  if (providerUrl !== null && isButtonUrl(providerUrl)) about.push({ text: 'Open at provider', url: providerUrl });
  const back: Button = { text: '‹ Exceptions', callback: { kind: 'exceptions', filter: 'all', position: null } };
  return [...inPairs(buttons), ...inPairs([...about, back])];
}

function assigneeButton({ id, assigneeId }: Case): Button {
  return assigneeId === null
    ? { text: 'Take it', callback: { kind: 'exception', act: 'take', id } }
    : { text: 'Release', callback: { kind: 'exception', act: 'give', id } };
}

function wayThere({ case: one }: CaseDetails, { commandBot }: CaseCardOptions): Button[][] {
  if (commandBot === undefined || commandBot === null) return [];
  const url = `https://t.me/${commandBot}?start=ex-${shortenId(one.id)}`;
  return [[{ text: 'Resolve in the command bot', url }]];
}
