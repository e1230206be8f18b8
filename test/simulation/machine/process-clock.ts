import type { Clock, Milliseconds } from '#kernel/clock.ts';
import { never } from '../engine/never.ts';
import { timeOver } from '../engine/time-over.ts';

interface ProcessClockDeps {
  now(): Milliseconds;
  elapsed(): Milliseconds;
  /** Runs later, unless the process has ended by then; returns what calls it off. */
  after(ms: Milliseconds, run: () => void, dueMs?: Milliseconds): () => void;
  /** The same for a time-out. */
  guard(ms: Milliseconds, run: () => void): () => void;
  /** Idle waits end at the next multiple of this, as those of a machine that saves power do. */
  idleGridMs(): Milliseconds;
  /** Told of each. */
  noteIdle(wait: { askedMs: Milliseconds; ms: Milliseconds }): void;
  /** True: the process has ended, or ends at this point, and whoever waits waits for ever. */
  endsHere(): boolean;
}

/** The clock of one process in simulated time. */
export function createProcessClock(deps: ProcessClockDeps): Clock {
  function wait(ms: Milliseconds, signal: AbortSignal | undefined, dueMs = ms): Promise<void> {
    if (deps.endsHere()) return never();
    if (signal?.aborted === true || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const cancel = deps.after(ms, done, dueMs);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  return {
    now: deps.now,
    elapsed: deps.elapsed,
    sleep(ms, signal) {
      const grid = deps.idleGridMs();
      const now = deps.elapsed();
      const lengthenedMs = Math.ceil((now + ms) / grid) * grid - now;
      deps.noteIdle({ askedMs: ms, ms: lengthenedMs });
      return wait(lengthenedMs, signal, ms);
    },
    pause: (ms, signal) => wait(ms, signal),
    deadline(ms) {
      const ending = new AbortController();
      deps.guard(ms, () => ending.abort(timeOver));
      return ending.signal;
    },
  };
}
