import { randomBytes } from 'node:crypto';
import { type RandomBytes, randomInteger } from '../kit/random.ts';

const base58Letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const base32Letters = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ids, addresses and secrets as the providers have them. */
export interface RandomIds {
  readonly bytes: RandomBytes;
  hex(bytes: number): string;
  base58(length: number): string;
  base32(length: number): string;
  /** Of version 4. */
  uuid(): string;
  /** 24 hex characters of which the first eight are the creation time in seconds. */
  objectId(nowMs: number): string;
  integer(range: { min: number; max: number }): number;
}

export function createIds(bytes: RandomBytes): RandomIds {
  const hex = (length: number) => Buffer.from(bytes(length)).toString('hex');
  const pick = (letters: string, length: number) => {
    let text = '';
    for (const byte of bytes(length)) text += letters[byte % letters.length];
    return text;
  };
  return {
    bytes,
    hex,
    base58: (length) => pick(base58Letters, length),
    base32: (length) => pick(base32Letters, length),
    uuid() {
      const text = hex(16);
      const variant = '89ab'[Number.parseInt(text[16] ?? '0', 16) % 4];
      return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`;
    },
    objectId(nowMs) {
      const seconds = Math.floor(nowMs / 1000)
        .toString(16)
        .padStart(8, '0');
      return `${seconds}${hex(8)}`;
    },
    integer: (range) => randomInteger(bytes, range),
  };
}

/** Truly random, also where faults are seeded: several sandboxes may meet one database, and their ids must not clash. */
export const systemIds: RandomIds = createIds(randomBytes);
