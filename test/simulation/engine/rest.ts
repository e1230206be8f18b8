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
  /** An idle wait of so long begins, which the grid makes longer than it was asked for. */
  noteIdle(wait: { askedMs: Milliseconds; ms: Milliseconds }): void;
  /** When those who wait idly at that moment, and would look again soon if there were no grid, look again; else the moment itself. */
  idleUntil(at: Milliseconds, soonMs: Milliseconds): Milliseconds;
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

/** Idle waits that are made longer by less are not remembered. */
const lengthenedMinMs: Milliseconds = 10_000;

interface IdleWait {
  readonly from: Milliseconds;
  readonly dueAt: Milliseconds;
  readonly to: Milliseconds;
}

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
  const idleWaits: IdleWait[] = [];
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
    noteIdle({ askedMs, ms }) {
      if (ms - askedMs <= lengthenedMinMs) return;
      const wait = { from: now(), dueAt: now() + askedMs, to: now() + ms };
      // Most of them end together; the first of those is asleep for longest.
      const last = idleWaits.at(-1);
      if (last === undefined || last.to !== wait.to || wait.dueAt < last.dueAt) idleWaits.push(wait);
    },
    idleUntil: (at, soonMs) =>
      idleWaits.reduce(
        (until, { from, dueAt, to }) => (from <= at && at < to && dueAt <= at + soonMs ? Math.max(until, to) : until),
        at,
      ),
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
