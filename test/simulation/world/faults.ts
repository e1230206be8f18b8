// What fails at the moment: each fault lasts for a while, and ends by itself or together with all others.
import type { Milliseconds } from '#kernel/clock.ts';
import type { Journal } from '../engine/journal.ts';
import type { Disturbances } from './disturbances.ts';

export interface Fault {
  /** For the journal. */
  readonly what: string;
  readonly ms: Milliseconds;
  /** Ends it sooner. */
  readonly until?: Promise<void>;
  /** Returns what ends it. */
  begin(): () => void;
}

export interface Faults {
  /** Resolves when the fault has had its time. None begins any more once all have ended. */
  during(fault: Fault): Promise<void>;
  endAll(): void;
  /** Whether all have ended. */
  areOver(): boolean;
}

export function createFaults(deps: {
  journal: Journal;
  disturbances: Disturbances;
  wait(ms: Milliseconds): Promise<void>;
  stir(): void;
}): Faults {
  const running = new Set<() => void>();
  let areOver = false;
  return {
    async during({ what, ms, until, begin }) {
      if (areOver) return;
      deps.journal.note('fault', `${what} for ${Math.round(ms / 1_000)} s`);
      deps.stir();
      const undo = begin();
      const endDisturbance = deps.disturbances.begin(what);
      const end = (): void => {
        if (!running.delete(end)) return;
        deps.journal.note('fault', `${what} is over`);
        deps.stir();
        undo();
        endDisturbance();
      };
      running.add(end);
      await (until === undefined ? deps.wait(ms) : Promise.race([until, deps.wait(ms)]));
      end();
    },
    endAll() {
      areOver = true;
      for (const end of [...running]) end();
    },
    areOver: () => areOver,
  };
}
