import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type OrderId = Branded<'OrderId'>;
export type PaymentId = Branded<'PaymentId'>;
/** The provider's own id of a payment; unique together with the provider's name. */
export type ProviderReference = Branded<'ProviderReference'>;
export type RefundId = Branded<'RefundId'>;

// These ids are passed side by side, and brands keep them from being swapped; the edges give a text its brand.
export const asOrderId = (text: string): OrderId => text as OrderId;
export const asPaymentId = (text: string): PaymentId => text as PaymentId;
export const asProviderReference = (text: string): ProviderReference => text as ProviderReference;
export const asRefundId = (text: string): RefundId => text as RefundId;

/** The one source of randomness; a simulation gives a seeded one and can replay. */
export interface Random {
  /** A number from 0 (included) to 1 (excluded). */
  next(): number;
  bytes(count: number): Uint8Array;
}

export interface Ids {
  /** A UUID of version 7: it sorts by the time it was made. */
  newId(): string;
}

export const systemRandom: Random = {
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  bytes: takeRandomBytes,
};

// Eight random bytes cost the operating system as much as thousands, so a pool is read at once; no byte is used twice.
const poolBytes = 4_096;
let pool = Buffer.alloc(0);

function takeRandomBytes(count: number): Uint8Array {
  if (count > pool.length) pool = randomBytes(Math.max(poolBytes, count));
  const bytes = pool.subarray(0, count);
  pool = pool.subarray(count);
  return bytes;
}

/**
 * Time-ordered ids. Ids made within one millisecond are ordered by a counter in the twelve bits after the time, so that
 * "order by time and id" is the order in which one process made them.
 */
export function createIds(deps: { clock: Clock; random: Random }): Ids {
  let lastTime = 0;
  let counter = 0;
  return {
    newId() {
      const time = Math.max(deps.clock.now(), lastTime);
      counter = time === lastTime ? counter + 1 : 0;
      const overflow = counter > 0xfff;
      lastTime = overflow ? time + 1 : time;
      if (overflow) counter = 0;
      const tail = deps.random.bytes(8);
      const bytes = Buffer.alloc(16);
      bytes.writeUIntBE(lastTime, 0, 6);
      bytes.writeUInt16BE(0x7000 | counter, 6);
      bytes.set(tail, 8);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
