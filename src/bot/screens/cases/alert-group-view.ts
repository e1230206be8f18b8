import type { Case } from '#cases/case.ts';
import { type GroupView, groupStatus } from '#cases/read-cases.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import { type Button, inPairs, type Presentation, type View } from '../../text/view.ts';
import { alertSigns, formatTime, severitySigns } from '../../text/words.ts';
import { subjectLines } from './case-lines.ts';

/** So many of its cases are named on the card. */
export const groupedFirstMax = 3;

/** Many of one kind on one card: how many, what became of them, the first ones, and the way to all of them. */
export function alertGroupCard(view: GroupView, presentation: Presentation): View {
  const { group, first } = view;
  const others = view.counts[groupStatus(view)] - first.length;
  return {
    text: fitLines([
      line(headOf(view), weights.must),
      line(stateOf(view), weights.must),
      ...first.flatMap((one) => namingLines(one)),
      ...(others > 0 && first.length > 0 ? [line(`… and ${others} more`)] : []),
      line(`Since ${formatTime(group.openedAt, presentation)}`, weights.detail),
    ]),
    keyboard: groupKeyboard(view),
  };
}

/** The short message that rings when the snooze of a group is over; it answers the card. */
export function groupWakeNotice(view: GroupView): string {
  const words = `⏰ The snooze is over and ${view.counts.open} are still open: ${bold(headlineOf(view))}`;
  return fitLines([line(words, weights.must)]);
}

function headOf(view: GroupView): string {
  const { severity } = view.group;
  const isOver = groupStatus(view) === 'resolved';
  const word = isOver
    ? `✅ ${bold('RESOLVED')} · was ${severity}`
    : `${severitySigns[severity]} ${bold(severity.toUpperCase())}`;
  return `${word} · ${totalOf(view)} × ${show(headlineOf(view), 200)}`;
}

function headlineOf({ first }: GroupView): string {
  return first[0]?.facts.headline ?? 'Alerts';
}

function totalOf({ counts }: GroupView): number {
  return counts.open + counts.acknowledged + counts.snoozed + counts.resolved;
}

function stateOf(view: GroupView): string {
  const { counts } = view;
  // Each was made to wait alone, or became worse.
  if (totalOf(view) === 0) return 'Each of them has a card of its own.';
  const parts = [
    counts.open > 0 ? `${bold(String(counts.open))} open` : null,
    counts.acknowledged > 0 ? `${alertSigns.acknowledged} ${counts.acknowledged} acknowledged` : null,
    counts.snoozed > 0 ? `${alertSigns.snoozed} ${counts.snoozed} snoozed` : null,
    counts.resolved > 0 ? `${alertSigns.resolved} ${counts.resolved} resolved` : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

function namingLines({ facts, provider }: Case): Line[] {
  return subjectLines({
    ...facts,
    amount: facts.amount === null ? null : bold(facts.amount),
    provider,
    providerUrl: null,
  });
}

function groupKeyboard(view: GroupView): Button[][] {
  const { id } = view.group;
  if (groupStatus(view) === 'resolved') return [];
  const button = (text: string, act: 'ack' | 'snooze' | 'list'): Button => ({
    text,
    callback: { kind: 'alert_group', act, id },
  });
  const forOpen = view.counts.open > 0 ? [button('Acknowledge all', 'ack'), button('Snooze all 1 h', 'snooze')] : [];
  return inPairs([...forOpen, button('Show the list', 'list')]);
}
