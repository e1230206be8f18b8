// All chance of a simulated history. Each part of it draws from a stream of its own, named by the seed and a label, so that leaving
// one part out changes no other.
import type { Random } from '#kernel/ids.ts';

export interface Stream extends Random {
  /** An integer from 0 (included) to `below` (excluded). */
  int(below: number): number;
  /** An integer from `from` to `to`, both included. */
  between(from: number, to: number): number;
  chance(share: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** Each item with the chance of its weight. */
  pickWeighted<Item>(items: readonly (readonly [Item, number])[]): Item;
  /** A stream of its own for a part of this one. */
  stream(label: string | number): Stream;
}

export function createStream(seed: string | number): Stream {
  const next = sfc32(hash128(String(seed)));
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    between: (from, to) => from + int(to - from + 1),
    chance: (share) => next() < share,
    pick: (items) => items[int(items.length)] ?? items[0],
    pickWeighted(items) {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      throw new Error('nothing to pick from');
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => int(256)),
    stream: (label) => createStream(`${seed}/${label}`),
  };
}

/** Four 32-bit numbers from a text (cyrb128): enough to seed a generator, and no more than that. */
function hash128(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1_779_033_703, 3_144_134_277, 1_013_904_242, 2_773_480_762];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597_399_067);
    b = c ^ Math.imul(b ^ code, 2_869_860_233);
    c = d ^ Math.imul(c ^ code, 951_274_213);
    d = a ^ Math.imul(d ^ code, 2_716_044_179);
  }
  a = Math.imul(c ^ (a >>> 18), 597_399_067);
  b = Math.imul(d ^ (b >>> 22), 2_869_860_233);
  c = Math.imul(a ^ (c >>> 17), 951_274_213);
  d = Math.imul(b ^ (d >>> 19), 2_716_044_179);
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

function sfc32([a0, b0, c0, d0]: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = [a0, b0, c0, d0];
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}
