import type { Milliseconds } from '#kernel/clock.ts';
import type { Stream } from '#test/simulation/engine/random.ts';

/** A UUID of version 7, as the product makes them: it sorts by its time. */
export type NewId = (at: Milliseconds) => string;

export function createHistoryIds(chance: Stream): NewId {
  let count = 0;
  return (at) => {
    count = (count + 1) & 0xfff;
    const time = at.toString(16).padStart(12, '0');
    const tail = hexDigits(chance, 12);
    const variant = `${'89ab'[chance.int(4)]}${hexDigits(chance, 3)}`;
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count, 3)}-${variant}-${tail}`;
  };
}

/** At most twelve of them, from one draw: a number of JavaScript is exact up to 53 bits, and a draw has 32. */
export function hexDigits(chance: Stream, count: number): string {
  if (count > 6) return hexDigits(chance, count - 6) + hexDigits(chance, 6);
  return hex(chance.int(16 ** count), count);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
