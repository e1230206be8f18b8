import type { Clock, Milliseconds } from '#kernel/clock.ts';

/** Wakes a sleeping worker. A call while it is awake is remembered, so that none is lost between its last claim and its sleep. */
export interface Waker {
  wake(): void;
  /** Resolves at the next `wake`, after `ms`, or when the signal aborts. */
  wait(ms: Milliseconds, signal: AbortSignal): Promise<void>;
}

/** Without a reason of ours an error is made each time, with the stack that leads there. */
const woken = 'woken';

export function createWaker(clock: Clock): Waker {
  let isCalled = false;
  let wake: (() => void) | undefined;
  return {
    wake() {
      isCalled = true;
      wake?.();
    },
    async wait(ms, signal) {
      if (!isCalled) {
        const waking = new AbortController();
        wake = () => waking.abort(woken);
        await clock.sleep(ms, AbortSignal.any([signal, waking.signal]));
        wake = undefined;
      }
      isCalled = false;
    },
  };
}
