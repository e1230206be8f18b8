import type { Case, QuickAction } from '#cases/case.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { AlertAct, AlertPlace } from '../../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import { type Button, inPairs, type Presentation, type View } from '../../text/view.ts';
import { formatTime, severitySigns, trustText } from '../../text/words.ts';

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
export function alertCard(alert: Case, options: Presentation & { place: AlertPlace }): View {
  return {
    text: fitLines([...factLines(alert), ...stateLines(alert, options)]),
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

function factLines(alert: Case): Line[] {
  const { facts } = alert;
  const severity = `${severitySigns[alert.severity]} ${bold(alert.severity.toUpperCase())}`;
  const first =
    alert.status === 'resolved'
      ? `✅ ${bold('RESOLVED')} · was ${alert.severity} · ${show(facts.headline, 200)}`
      : `${severity} · ${show(facts.headline, 200)}`;
  const subject = [
    facts.orderNumber === null ? null : `Order ${bold(facts.orderNumber)}`,
    facts.amount === null ? null : bold(facts.amount),
    alert.provider === null ? null : show(providerTitle(alert.provider)),
  ].filter((part) => part !== null);
  const lines = [line(first, weights.must)];
  if (subject.length > 0) lines.push(line(subject.join(' · '), weights.must));
  if (facts.detail !== null) lines.push(line(show(facts.detail, 300)));
  lines.push(line(`Why: ${show(facts.why, 700)}`));
  if (facts.trust !== null) lines.push(line(`How sure: ${trustText(facts.trust, alert.provider)}`));
  return lines;
}

function stateLines(alert: Case, presentation: Presentation): Line[] {
  const lines = [line(happened(alert, presentation), weights.detail)];
  const by = alert.acknowledgedBy === null ? '' : ` by ${show(alert.acknowledgedBy, 64)}`;
  if (alert.acknowledgedAt !== null && alert.acknowledgedBy !== null && alert.status !== 'snoozed') {
    lines.push(line(`✋ Acknowledged${by}, ${formatTime(alert.acknowledgedAt, presentation)}`));
  }
  if (alert.status === 'snoozed' && alert.snoozedUntil !== null) {
    lines.push(line(`💤 Snoozed${by} until ${formatTime(alert.snoozedUntil, presentation)}`));
  }
  if (alert.status === 'resolved' && alert.resolvedAt !== null) {
    const what = alert.outcome === null ? '' : `: ${show(alert.outcome, 300)}`;
    lines.push(line(`✅ Resolved ${formatTime(alert.resolvedAt, presentation)}${what}`, weights.must));
  }
  return lines;
}

function happened(alert: Case, presentation: Presentation): string {
  if (alert.occurrences === 1) return `Since ${formatTime(alert.openedAt, presentation)}`;
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
