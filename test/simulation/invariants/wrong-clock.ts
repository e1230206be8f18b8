import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { WrongTime } from '../machine/machine.ts';
import type { World } from '../world/world.ts';

/** What was due by a wrong clock is set right so soon. */
const afterwardsMs: Milliseconds = 2 * minute;

/**
 * Whether moments that the product has written down may be others in truth, or whether the clock was wrong at one between them, so that
 * what waits by it waited too long.
 */
export function wasClockWrong({ machine }: Pick<World, 'machine'>, from: number, until: number): boolean {
  return machine
    .wrongTimes()
    .some(
      (wrong) => (wrong.from <= until && wrong.to + afterwardsMs >= from) || mayBe(wrong, from) || mayBe(wrong, until),
    );
}

/** It may have been written down then. */
function mayBe({ from, to, byMs }: WrongTime, at: number): boolean {
  return at >= from + byMs && at <= to + byMs;
}
