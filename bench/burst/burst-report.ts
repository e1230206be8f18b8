import { rounded, spreadOf } from '../statistics.ts';
import { formatTable } from '../table.ts';
import type { BurstFigures, BurstRound } from './run-burst.ts';

/** What the product sets out to reach. */
const aims = { firstRingMsMax: 150, messagesMax: 5, lastChangeMsMax: 3_000, lastFactMsMax: 2_000 } as const;

export function formatBurst({ failed, paid }: BurstFigures): string {
  const row = (name: string, pick: (round: BurstRound) => number | null): string[] => [
    name,
    span(failed.map(pick)),
    span(paid.map(pick)),
  ];
  return formatTable([
    ['median (least-most)', 'failed', 'paid'],
    row('all webhooks answered after, ms', (round) => round.answeredMs),
    row('first ring after, ms', (round) => round.firstRingMs),
    row('messages to admins', (round) => round.messages),
    row('changes of messages', (round) => round.edits),
    row('last change after, ms', (round) => round.lastChangeMs),
    row('facts that the shop was told', (round) => round.facts),
    row('shop told of all after, ms', (round) => round.lastFactMs),
    row('processor ms, product', (round) => round.processorMs),
  ]);
}

/** One line per aim: what was wanted, what came out. */
export function burstVerdicts({ failed, paid }: BurstFigures, events: number): string[] {
  const said = (isReached: boolean, text: string): string => `${isReached ? 'reached' : 'MISSED '}  ${text}`;
  const middle = (rounds: readonly BurstRound[], pick: (round: BurstRound) => number | null): number =>
    spreadOf(rounds.map(pick).map((value) => value ?? Number.POSITIVE_INFINITY)).median;
  const ring = middle(failed, (round) => round.firstRingMs);
  const messages = middle(failed, (round) => round.messages);
  const change = middle(failed, (round) => round.lastChangeMs);
  const told = middle(paid, (round) => round.lastFactMs);
  const isTold = paid.every(({ facts }) => facts >= events);
  return [
    said(ring <= aims.firstRingMsMax, `first ring after ${rounded(ring)} ms, aim at most ${aims.firstRingMsMax}`),
    said(messages <= aims.messagesMax, `${messages} messages to an admin, aim at most ${aims.messagesMax}`),
    said(
      change <= aims.lastChangeMsMax,
      `last change after ${rounded(change)} ms, aim at most ${aims.lastChangeMsMax}`,
    ),
    said(
      isTold && told <= aims.lastFactMsMax,
      `the shop was told of ${events} paid after ${rounded(told)} ms, aim at most ${aims.lastFactMsMax}`,
    ),
  ];
}

function span(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return '';
  const { median, min, max } = spreadOf(known);
  return `${median.toFixed(0)} (${min.toFixed(0)}-${max.toFixed(0)})`;
}
