// A comparison of any length, one part of its window after the other, so that what it holds in memory does not grow with the window.
import type { Milliseconds } from '#kernel/clock.ts';
import { slicesOf } from '#kernel/page.ts';
import type { Payment } from '../model/payment.ts';
import type { ListedPayment } from '../model/snapshot.ts';
import { type Bounds, type Comparison, compareWithProvider, pairListed } from './compare-with-provider.ts';

export interface Part {
  from: Milliseconds;
  to: Milliseconds;
}

/** So many of our payments are compared at once. */
const partSize = 2_000;

/** So many pairs are compared before others have a turn. */
const sliceSize = 250;

/**
 * Cuts a window where it has more of our payments than are compared at once, into parts of at least `partMinMs`. `findMadeAfter`:
 * when the payment was made that is so many after the first one since `from`; undefined where there are fewer.
 */
export async function partsOf(
  { from, to, partMinMs }: Part & { partMinMs: Milliseconds },
  findMadeAfter: (query: Part & { skipped: number }) => Promise<Milliseconds | undefined>,
): Promise<Part[]> {
  const parts: Part[] = [];
  let start = from;
  for (;;) {
    const full = await findMadeAfter({ from: start, to, skipped: partSize });
    const end = full === undefined ? to : Math.max(full, start + partMinMs);
    // What is left behind the cut would be a part that is too short.
    if (end + partMinMs > to) return [...parts, { from: start, to }];
    parts.push({ from: start, to: end });
    start = end;
  }
}

export interface Lists {
  here: Payment[];
  there: ListedPayment[];
}

/**
 * Compares part by part. What has no counterpart in its part waits until the end: the provider may have made it on another day
 * than we did. `findHere`: our payment of such an entry, which may have been compared with another one before.
 */
export async function* compareInParts(input: {
  parts: readonly Part[];
  list(part: Part): Promise<Lists>;
  findHere(entry: ListedPayment): Promise<Payment | undefined>;
  bounds: Bounds;
  /** What had no counterpart in parts before these, which were compared earlier. */
  before?: Lists;
  /** Called after each part but the last, with what has no counterpart yet. */
  onPart?(part: Part, alone: Lists): Promise<void>;
}): AsyncGenerator<readonly Comparison[]> {
  const { parts, bounds, list, before } = input;
  let alone: Lists = before ?? { here: [], there: [] };
  for (const [index, part] of parts.entries()) {
    const listed = await list(part);
    const here = [...alone.here, ...listed.here];
    const there = [...alone.there, ...listed.there];
    const found = pairListed({ here, there });
    for await (const entries of slicesOf(found.keys(), sliceSize)) {
      const ours = new Set(entries.flatMap((entry) => found.get(entry) ?? []));
      yield compareWithProvider({ here: [...ours], there: entries, ...bounds });
    }
    const paired = new Set(found.values());
    alone = {
      here: here.filter((payment) => !paired.has(payment)),
      there: there.filter((entry) => !found.has(entry)),
    };
    if (index < parts.length - 1) await input.onPart?.(part, alone);
  }
  const others = parts.length === 1 && before === undefined ? [] : await findOthers(alone.there, input.findHere);
  yield* slicesOf(compareWithProvider({ ...alone, here: [...alone.here, ...others], ...bounds }), sliceSize);
}

async function findOthers(
  there: readonly ListedPayment[],
  findHere: (entry: ListedPayment) => Promise<Payment | undefined>,
): Promise<Payment[]> {
  const others = new Map<string, Payment>();
  for await (const entries of slicesOf(there)) {
    for (const entry of entries) {
      const payment = await findHere(entry);
      if (payment !== undefined) others.set(payment.id, payment);
    }
  }
  return [...others.values()];
}
