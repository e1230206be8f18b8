// What is wrong around the product, and when: whoever waits for it meanwhile has to be patient.
import type { Milliseconds } from '#kernel/clock.ts';

/** `until`: when it ended; infinity while it lasts. */
export type IsExcuse = (what: string, until: Milliseconds) => boolean;

export interface Disturbances {
  /** Returns what ends it. */
  begin(what: string): () => void;
  /** One that ends by itself. */
  note(what: string, ms: Milliseconds): void;
  /** One of those that lasted at some moment between the two, of true time; undefined: there was none. */
  between(from: Milliseconds, to: Milliseconds, isExcuse?: IsExcuse): string | undefined;
}

interface Disturbance {
  readonly what: string;
  readonly from: Milliseconds;
  to: Milliseconds;
}

export function createDisturbances(now: () => Milliseconds): Disturbances {
  const all: Disturbance[] = [];
  return {
    begin(what) {
      const one: Disturbance = { what, from: now(), to: Number.POSITIVE_INFINITY };
      all.push(one);
      return () => {
        one.to = now();
      };
    },
    note: (what, ms) => void all.push({ what, from: now(), to: now() + ms }),
    between: (from, to, isExcuse = () => true) =>
      all.find((one) => one.from <= to && one.to >= from && isExcuse(one.what, one.to))?.what,
  };
}
