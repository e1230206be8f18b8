import { createHash } from 'node:crypto';
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, RefundId } from '#kernel/ids.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A UUID in the form of version 4 that is always the same for one payment: what Coinbase takes as idempotency key and
 * BitPay as guid. Payment ids are of version 7, which Coinbase's documentation does not allow.
 */
export function paymentUuid(paymentId: PaymentId): string {
  return derivedUuid(`tillkeeper:payment:${paymentId}`);
}

/** The same for a refund; the words before the id keep the two apart. */
export function refundUuid(refundId: RefundId): string {
  return derivedUuid(`tillkeeper:refund:${refundId}`);
}

function derivedUuid(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return formatUuid(bytes);
}

export function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether a text that a provider echoes can be an id of ours; a payment made by hand carries anything there. */
export function isPaymentId(text: string | null | undefined): text is PaymentId {
  return text !== null && text !== undefined && uuid.test(text);
}

export function isRefundId(text: string | null | undefined): text is RefundId {
  return text !== null && text !== undefined && uuid.test(text);
}

/** When a payment got its id: a version 7 UUID begins with 48 bits of milliseconds since the epoch. 0 for any other id. */
export function madeAt(paymentId: PaymentId): Milliseconds {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(paymentId) ?? [];
  return high === undefined || low === undefined ? 0 : Number.parseInt(`${high}${low}`, 16);
}
