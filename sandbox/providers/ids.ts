import { randomBytes } from 'node:crypto';

const base58Letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const base32Letters = '0123456789abcdefghjkmnpqrstvwxyz';

// Ids are truly random although faults are seeded: several sandboxes may meet one database, and their ids must not clash.

export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

export function randomBase58(length: number): string {
  return pick(base58Letters, length);
}

export function randomBase32(length: number): string {
  return pick(base32Letters, length);
}

/** 24 hex characters of which the first eight are the creation time in seconds. */
export function objectId(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  return `${seconds}${randomHex(8)}`;
}

function pick(letters: string, length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('');
}
