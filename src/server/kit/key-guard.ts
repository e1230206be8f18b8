// Who tries keys: answered slower and slower, counted, logged once a burst and told of in one case. A right key always passes, so
// that no stranger can lock the shop out; what keeps it from being guessed is its length.
import { type Clock, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { EventLog } from '#kernel/process.ts';
import { createTokenBucket } from '#payments/webhooks/token-bucket.ts';
import { type ProblemAnswer, problem } from './problem.ts';
import { isOneOf } from './secret-match.ts';

export type KeyPlace = 'store API' | 'metrics' | 'Telegram webhook';

export interface KeyGuard {
  /** The answer to a request whose key is wrong; undefined when it may pass. */
  refuse(given: string, keys: readonly string[]): ProblemAnswer<401 | 429> | undefined;
}

export interface KeyGuardDeps {
  clock: Pick<Clock, 'elapsed'>;
  log: EventLog;
  /** For each wrong key. */
  onRefused(): void;
  /** Has somebody told that so many came. */
  tell(count: number): Promise<void>;
}

/** So many wrong keys a minute are told that they are wrong, and the rest to wait. */
const answeredPerMinute = 60;
/** Wrong keys belong together until none has come for so long. */
const burstEndsAfterMs: Milliseconds = minute;
/** A shop whose key was just changed sends some; more within one burst are a case. */
const unremarkableMax = 30;

export function createKeyGuard(deps: KeyGuardDeps, place: KeyPlace): KeyGuard {
  const { clock, log } = deps;
  const bucket = createTokenBucket(clock, { perMinute: answeredPerMinute });
  let refused = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  let toldAt = Number.NEGATIVE_INFINITY;

  function note(): void {
    const now = clock.elapsed();
    if (now - lastAt >= burstEndsAfterMs) {
      refused = 0;
      log.warn('wrong key refused', { place });
    }
    lastAt = now;
    refused += 1;
    deps.onRefused();
    if (refused <= unremarkableMax || now - toldAt < burstEndsAfterMs) return;
    toldAt = now;
    deps.tell(refused).catch((error: unknown) => {
      log.error('wrong keys not told of', { place }, error);
    });
  }

  return {
    refuse(given, keys) {
      if (isOneOf(given, keys)) return undefined;
      note();
      if (bucket.take(place)) return problem({ status: 401, detail: 'The key is wrong.' });
      const headers = { 'retry-after': String(minute / second) };
      return problem({ status: 429, detail: 'Too many wrong keys: wait a while.', headers });
    },
  };
}
