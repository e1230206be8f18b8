import { hour, minute, second } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import type { Stream } from '../../engine/random.ts';

/** What a buyer does at the checkout: each action after a wait, in milliseconds. */
export type Habit = readonly (readonly [waitMs: number, action: VisitAction])[];

const seen = [30 * second, 'pay_unconfirmed'] as const;
const paid = [40 * second, 'pay'] as const;
const short = [minute, 'underpay'] as const;

/** Trouble is what the product is for: it is much more frequent here than in life. */
const habits: readonly (readonly [Habit, weight: number])[] = [
  [[paid], 6],
  [[seen, [5 * minute, 'confirm']], 4],
  [[seen, [5 * minute, 'confirm'], [2 * minute, 'complete']], 3],
  // It is seen, and never confirmed.
  [[seen], 2],
  [[short], 2],
  [[short, [4 * minute, 'pay']], 2],
  [[short, [3 * minute, 'underpay'], [3 * minute, 'pay']], 1],
  [[short, [4 * minute, 'pay_again']], 2],
  [[short, [hour, 'pay_late']], 1],
  [[[minute, 'overpay']], 2],
  [[paid, [10 * minute, 'pay_again']], 3],
  [
    [
      [minute, 'expire'],
      [8 * minute, 'pay_late'],
    ],
    3,
  ],
  [[[2 * hour, 'pay_late']], 2],
  [
    [
      [2 * hour, 'pay_late'],
      [hour, 'pay_late'],
    ],
    1,
  ],
  [[seen, [4 * minute, 'double_spend']], 6],
  [[seen, [3 * minute, 'double_spend'], [3 * minute, 'pay']], 1],
  [[seen, [3 * minute, 'invalidate']], 1],
  [[seen, [3 * minute, 'invalidate'], [hour, 'confirm']], 1],
  [[seen, [3 * minute, 'decline']], 1],
  [[seen, [2 * minute, 'fail']], 1],
  [[paid, [20 * minute, 'take_back']], 5],
  [[paid, [minute, 'take_back']], 1],
  [[[minute, 'fail']], 1],
  [[[minute, 'expire']], 1],
  [[], 3],
];

/** One of those that are possible at this provider. */
export function drawHabit(chance: Stream, provider: ProviderName): Habit {
  const { visits } = simulators[provider];
  return chance.pickWeighted(habits.filter(([habit]) => habit.every(([, action]) => visits.includes(action))));
}
