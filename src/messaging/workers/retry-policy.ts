import { day, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';

export interface RetryPolicy {
  /** The wait after the first failure, before jitter. */
  firstDelayMs: Milliseconds;
  /** No wait is longer than this. */
  delayMaxMs: Milliseconds;
  /** After so many finished attempts the message becomes a dead letter. */
  attemptsMax: number;
}

/**
 * Exponential backoff with jitter over the upper half of the step: failures that began together spread out, and no
 * wait is so short that a failing provider is called again at once.
 */
export function retryDelay(policy: RetryPolicy, input: { finishedAttempts: number; random: Random }): Milliseconds {
  const exponent = Math.min(Math.max(input.finishedAttempts - 1, 0), 30);
  const step = Math.min(policy.firstDelayMs * 2 ** exponent, policy.delayMaxMs);
  return Math.round(step / 2 + (step / 2) * input.random.next());
}

/** Whoever asks us to wait is asked again after this at the latest. */
export const askedWaitMaxMs: Milliseconds = day;

const owedDelayMs = { min: 30 * second, max: 15 * minute };

/** The wait of a message that is owed to somebody out of reach: the longer it waited, the rarer it is tried. */
export function owedDelay(waitedMs: Milliseconds): Milliseconds {
  return Math.min(Math.max(Math.round(waitedMs / 4), owedDelayMs.min), owedDelayMs.max);
}
