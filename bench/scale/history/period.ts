// The two years of the shop. They end at a fixed moment and not now: the same plan gives the same rows on every day, and a
// file in the cache does not grow old. Who opens it sets the clock there.
import { day, hour, type Milliseconds } from '#kernel/clock.ts';

export interface HistoryPlan {
  orders: number;
  seed: string;
}

export const beganAt: Milliseconds = Date.UTC(2024, 10, 1);
export const daysClosed = 730;
/** A Sunday at noon; the day before is closed. */
export const endsAt: Milliseconds = beganAt + daysClosed * day + 12 * hour;

/** The shop grows evenly, from half of its usual rate to one and a half: the moment of its nth order. */
export function momentOf(share: number): Milliseconds {
  return Math.floor(beganAt + (Math.sqrt(0.25 + 2 * share) - 0.5) * (endsAt - beganAt));
}
