import { earliest } from './earliest.ts';

// Calls whose client has given up, waiting for the clock to reach the moment at which they are executed.

const waitingMax = 1_000;

export interface LateCalls {
  /** Resolves when the clock has reached `dueAtMs` and `release` was called. */
  until(dueAtMs: number): Promise<void>;
  /** Lets those go that are due; how many there were. */
  release(): number;
  /** When the first of them is due. */
  nextDueAt(): number | undefined;
}

export function createLateCalls(now: () => number): LateCalls {
  let waiting: { dueAtMs: number; go: () => void }[] = [];
  return {
    until(dueAtMs) {
      if (waiting.length >= waitingMax) waiting.shift();
      return new Promise((resolve) => {
        waiting.push({ dueAtMs, go: resolve });
      });
    },
    release() {
      const due = waiting.filter(({ dueAtMs }) => dueAtMs <= now()).sort((a, b) => a.dueAtMs - b.dueAtMs);
      if (due.length === 0) return 0;
      waiting = waiting.filter((call) => !due.includes(call));
      for (const { go } of due) go();
      return due.length;
    },
    nextDueAt: () => earliest(waiting.map(({ dueAtMs }) => dueAtMs)),
  };
}
