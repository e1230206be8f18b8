import { type Milliseconds, second } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { HttpClientOptions } from '#network/http-client.ts';

/** The bounds of all calls to one provider. */
export interface HttpPolicy {
  /** For one attempt, from connecting to the last byte. */
  timeoutMs: Milliseconds;
  attemptsMax: number;
  /** For all attempts of one call and the waits between them. */
  totalMs: Milliseconds;
  /** The wait after attempt n is random between nothing and this doubled n - 1 times ("full jitter"). */
  firstDelayMs: Milliseconds;
  delayMaxMs: Milliseconds;
  /** A longer `Retry-After` is not waited for but handed to the caller. */
  retryAfterMaxMs: Milliseconds;
  answerMaxBytes: number;
  /** So many failed attempts without a good one between them open the breaker. */
  breakerFailuresMax: number;
  breakerOpenMs: Milliseconds;
}

// 15 s: the pages of the providers ask for 15 to 30, and a customer waits at the other end. Six attempts: with
// every third call failing, one call in a thousand still fails. Ten failures in a row happen by chance in one of 170,000
// series at that rate, and within two calls in an outage. Open for ten seconds: one call every ten seconds is nothing to a
// provider, and its customers are back as soon as it is. 4 MiB: a page of 100 BitPay invoices is about 1.3 MB.
export const defaultHttpPolicy: HttpPolicy = {
  timeoutMs: 15 * second,
  attemptsMax: 6,
  totalMs: 30 * second,
  firstDelayMs: 300,
  delayMaxMs: 5 * second,
  retryAfterMaxMs: 10 * second,
  answerMaxBytes: 4 * 1024 * 1024,
  breakerFailuresMax: 10,
  breakerOpenMs: 10 * second,
};

/**
 * More calls at once than a shop makes; what comes beyond waits. Idle for five seconds: a host that closes sooner mostly says so, and a call
 * that meets such a close is one of unknown outcome.
 */
export const connectionsToProviders: HttpClientOptions = { connectionsMax: 256, idleMs: 5 * second };

export function fullJitter(policy: HttpPolicy, input: { attempt: number; random: Random }): Milliseconds {
  const step = policy.firstDelayMs * 2 ** Math.min(input.attempt - 1, 30);
  return Math.round(Math.min(step, policy.delayMaxMs) * input.random.next());
}
