// Where the simulators take chance from: the system's own, or a seed that makes everything happen the same way again.

/** So many bytes, each value as likely as the others. */
export type RandomBytes = (length: number) => Uint8Array;

/** The same bytes in the same order for the same seed (sfc32). Not for secrets that must hold against anybody. */
export function seededBytes(seed: number | Uint8Array): RandomBytes {
  const next = sfc32(stateOf(seed));
  return (length) => {
    const bytes = new Uint8Array(length);
    let word = 0;
    for (let at = 0; at < length; at += 1) {
      word = at % 4 === 0 ? next() : word >>> 8;
      bytes[at] = word & 0xff;
    }
    return bytes;
  };
}

/** A stream of its own, so that who takes from it changes nothing for those who take from the first. */
export function forkBytes(random: RandomBytes): RandomBytes {
  return seededBytes(random(stateBytes));
}

/** A whole number from `min` to `max`, both included; the range is far below 2 to the power of 48. */
export function randomInteger(random: RandomBytes, { min, max }: { min: number; max: number }): number {
  const value = random(6).reduce((sum, byte) => sum * 256 + byte, 0);
  return min + Math.floor((value / 2 ** 48) * (max - min + 1));
}

/** Numbers from 0 to 1, 1 excluded. */
export function randomShares(random: RandomBytes): () => number {
  return () => randomInteger(random, { min: 0, max: 2 ** 32 - 1 }) / 2 ** 32;
}

type State = [number, number, number, number];

const stateBytes = 12;
/** So many numbers pass until similar seeds have nothing in common. */
const warmUpRounds = 15;

function stateOf(seed: number | Uint8Array): State {
  if (typeof seed === 'number') return [Math.trunc(seed / 2 ** 32) | 0, seed | 0, 0x9e3779b9, 1];
  const word = (at: number) => [0, 1, 2, 3].reduce((sum, byte) => (sum << 8) | (seed[at + byte] ?? 0), 0);
  return [word(0), word(4), word(8), 1];
}

function sfc32([first, second, third, start]: State): () => number {
  let [a, b, c, counter] = [first, second, third, start];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum;
  };
  for (let round = 0; round < warmUpRounds; round += 1) next();
  return next;
}
