import { hour, type Milliseconds } from '#kernel/clock.ts';
import type { World } from '../world/world.ts';

/** By so much the product's clock may be wrong: what it has written down is up to so far from true time. */
const wrongMaxMs: Milliseconds = 6 * hour;

/** Whether moments that the product has written down may be others in truth. */
export function wasClockWrong({ disturbances }: Pick<World, 'disturbances'>, from: number, until: number): boolean {
  const isClock = (what: string): boolean => what.startsWith('the clock');
  return disturbances.between(from - wrongMaxMs, until + wrongMaxMs, isClock) !== undefined;
}
