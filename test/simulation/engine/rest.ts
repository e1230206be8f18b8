// Rest: nothing has come from outside for a while. Idle waits are coarse then, and a long poll lasts until something comes: a month of
// a quiet shop is cheap.
import type { Milliseconds } from '#kernel/clock.ts';
import type { Timeline } from './timeline.ts';

export interface Rest {
  /** Something comes from outside: idle waits are exact for a while. */
  stir(): void;
  /** Resolves when something comes from outside. */
  nextStir(): Promise<void>;
  /** How exact idle waits are: they end at the next multiple of this. */
  idleGridMs(): Milliseconds;
  /** A wait for what may come from outside. At rest it goes on until then, but not for ever. Returns what calls it off. */
  hold(ms: Milliseconds, run: () => void): () => void;
  /** A time-out. At rest a long one leaves room for a wait that goes on, and comes when it was due, or soon, once something has come. */
  guard(ms: Milliseconds, run: () => void): () => void;
}

/** How exact idle waits are, by how long nothing has happened. */
const grids: readonly (readonly [sinceMs: Milliseconds, gridMs: Milliseconds])[] = [
  [10_000, 10_000],
  [2 * 60_000, 60_000],
  [20 * 60_000, 10 * 60_000],
];
/** Idle waits at rest end at the next multiple of this. */
export const restGridMs: Milliseconds = 30 * 60_000;
/** Long polls are stretched sooner, they say nothing when they end; their time-outs before them, which begin earlier. */
const heldAfterMs: Milliseconds = 60_000;
const guardedAfterMs: Milliseconds = 30_000;
const stretchedToMs: Milliseconds = 30 * 60_000;
/** Time-outs of ordinary calls are shorter. */
const longMs: Milliseconds = 45_000;
/** Whoever is held has so long to hear of it, once something has come. */
const graceMs: Milliseconds = 5_000;

interface Stretched {
  readonly dueAt: Milliseconds;
  readonly graceMs: Milliseconds;
  readonly run: () => void;
  cancel: () => void;
}

export function createRest({ now, after }: Pick<Timeline, 'now' | 'after'>): Rest {
  let stirredAt = 0;
  let waiting: (() => void)[] = [];
  const stretched = new Set<Stretched>();
  const quietMs = (): Milliseconds => now() - stirredAt;

  function stretch(wait: { ms: Milliseconds; toMs: Milliseconds; graceMs: Milliseconds; run(): void }): () => void {
    const held: Stretched = {
      dueAt: now() + wait.ms,
      graceMs: wait.graceMs,
      run() {
        stretched.delete(held);
        wait.run();
      },
      cancel: () => undefined,
    };
    stretched.add(held);
    held.cancel = after(wait.toMs, held.run);
    return () => {
      stretched.delete(held);
      held.cancel();
    };
  }

  return {
    stir() {
      stirredAt = now();
      for (const held of stretched) {
        held.cancel();
        held.cancel = after(Math.max(held.dueAt - now(), held.graceMs), held.run);
      }
      stretched.clear();
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    nextStir: () => new Promise((resolve) => void waiting.push(resolve)),
    idleGridMs: () => grids.find(([sinceMs]) => quietMs() < sinceMs)?.[1] ?? restGridMs,
    hold(ms, run) {
      if (quietMs() < heldAfterMs) return after(ms, run);
      return stretch({ ms, toMs: stretchedToMs, graceMs: 0, run });
    },
    guard(ms, run) {
      if (ms < longMs || quietMs() < guardedAfterMs) return after(ms, run);
      return stretch({ ms, toMs: ms + stretchedToMs, graceMs, run });
    },
  };
}
