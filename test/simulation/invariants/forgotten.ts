import type { Milliseconds } from '#kernel/clock.ts';
import type { World } from '../world/world.ts';

/** Whether the product has forgotten what happened then: a backup from before was put back after it. */
export function isForgotten({ restores }: World, at: Milliseconds): boolean {
  return restores.some(({ backedUpAt, restoredAt }) => at >= backedUpAt && at <= restoredAt);
}
