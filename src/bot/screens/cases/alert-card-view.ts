import type { Case, QuickAction } from '#cases/case.ts';
import type { AlertAct, AlertPlace } from '../../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import { type Button, inPairs, type Presentation, type View } from '../../text/view.ts';
import { formatTime, trustText } from '../../text/words.ts';
import { factLines, headLine, sinceText, snoozeLines, subjectLines } from './case-lines.ts';

const actionButtons: Readonly<Record<QuickAction, { text: string; act: AlertAct }>> = {
  new_payment_link: { text: 'New payment link', act: 'link' },
  check_again: { text: 'Check again', act: 'check' },
  open_order: { text: 'Open order', act: 'open' },
  resolve: { text: 'Resolve…', act: 'resolve' },
  mark_paid: { text: 'Mark paid', act: 'paid' },
  refund: { text: 'Refund', act: 'refund' },
  exceptions: { text: 'Exceptions', act: 'list' },
  ask_provider: { text: 'Ask again now', act: 'ask' },
  check_quarantine: { text: 'Check quarantine', act: 'quarantine' },
};

/** One trouble, as it stands: the first line says how bad it is, the last ones who has it in hand. */
export function alertCard(
  alert: Case,
  options: Presentation & {
    place: AlertPlace;
    /** The provider's own page of the payment. */
    providerUrl?: string | null;
  },
): View {
  return {
    text: fitLines([...contentLines(alert, options), ...stateLines(alert, options)]),
    keyboard: alertKeyboard(alert, options),
  };
}

/** The short message that rings when a snoozed alert opens again; it answers the card. */
export function wakeNotice(alert: Case): string {
  const order = alert.facts.orderNumber === null ? '' : ` · ${show(alert.facts.orderNumber)}`;
  return fitLines([
    line(`⏰ The snooze is over and it is still open: ${bold(alert.facts.headline)}${order}`, weights.must),
  ]);
}

function contentLines(alert: Case, { providerUrl = null }: { providerUrl?: string | null }): Line[] {
  const { facts, severity, provider, status } = alert;
  const word = status === 'resolved' ? `${bold('RESOLVED')} · was ${severity}` : bold(severity.toUpperCase());
  return [
    headLine(alert, `${word} · ${show(facts.headline, 200)}`),
    ...subjectLines({ ...facts, amount: facts.amount === null ? null : bold(facts.amount), provider, providerUrl }),
    ...(facts.detail === null ? [] : [line(show(facts.detail, 300))]),
    ...factLines([
      ['Why', facts.why, 700],
      ['How sure', facts.trust && trustText(facts.trust, provider), 160],
    ]),
  ];
}

function stateLines(alert: Case, presentation: Presentation): Line[] {
  const { status, acknowledgedAt, acknowledgedBy, resolvedAt, outcome } = alert;
  const by = acknowledgedBy === null ? '' : ` by ${show(acknowledgedBy, 64)}`;
  const lines = [line(happened(alert, presentation), weights.detail)];
  if (acknowledgedAt !== null && by !== '' && status !== 'snoozed') {
    lines.push(line(`✋ Acknowledged${by}, ${formatTime(acknowledgedAt, presentation)}`));
  }
  lines.push(...snoozeLines(alert, { ...presentation, words: `Snoozed${by}` }));
  if (status === 'resolved' && resolvedAt !== null) {
    const what = outcome === null ? '' : `: ${show(outcome, 300)}`;
    lines.push(line(`✅ Resolved ${formatTime(resolvedAt, presentation)}${what}`, weights.must));
  }
  return lines;
}

function happened(alert: Case, presentation: Presentation): string {
  if (alert.occurrences === 1) return sinceText(alert, presentation);
  return `Happened ${alert.occurrences} times, last ${formatTime(alert.lastRaisedAt, presentation)}`;
}

function alertKeyboard(alert: Case, options: { place: AlertPlace }): Button[][] {
  const { place } = options;
  const back: Button[][] =
    place === 'list' ? [[{ text: '‹ Alerts', callback: { kind: 'alerts', position: null } }]] : [];
  if (alert.status === 'resolved') return back;
  const button = (text: string, act: AlertAct): Button => ({
    text,
    callback: { kind: 'alert', act, id: alert.id, place },
  });
  const buttons = alert.status === 'acknowledged' ? [] : [button('Acknowledge', 'ack')];
  buttons.push(button('Snooze 1 h', 'snooze'));
  for (const action of alert.actions.slice(0, 2)) {
    buttons.push(button(actionButtons[action].text, actionButtons[action].act));
  }
  return [...inPairs(buttons), ...back];
}
