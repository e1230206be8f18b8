import { z } from 'zod';
import type { PaymentId } from '#kernel/ids.ts';
import { amountText, idText, lenient, ownPaymentId } from '../kit/body-fields.ts';
import { entriesOf, type UnreadEntry } from '../kit/list-entries.ts';

// NOWPayments: Calls, Status. A hosted invoice has no state of its own: its payments have. Numbers come as text from
// exact-json.ts, whether they were numbers or texts in the body.

export const paymentStatuses = [
  'waiting',
  'confirming',
  'confirmed',
  'sending',
  'finished',
  'partially_paid',
  'failed',
  'refunded',
  'expired',
  'cancelled',
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

const anyId = z.union([idText, z.null()]).optional();

export const paymentSchema = z.object({
  payment_id: idText,
  payment_status: z.enum(paymentStatuses),
  /** Set for a repeated deposit, or one in another coin: such a payment is never delivered on. */
  parent_payment_id: anyId,
  invoice_id: anyId,
  price_amount: amountText,
  price_currency: z.string().max(32),
  pay_amount: amountText.nullish(),
  actually_paid: amountText.nullish(),
  pay_currency: z.string().max(32),
  order_id: lenient(z.string().max(256)),
  payin_hash: lenient(z.string().max(256)),
});
export type NowPayment = z.infer<typeof paymentSchema>;

/** What can be told of a payment that is not understood: its invoice stands for our payment. */
const identity = z
  .object({ payment_id: lenient(idText), order_id: ownPaymentId })
  .transform(({ payment_id: id, order_id: paymentId }) => ({ reference: id, paymentId, createdAt: null }));
export const paymentListSchema = z.object({ data: entriesOf(paymentSchema, identity) });

export function findPaymentId(body: unknown): PaymentId | null {
  return identity.safeParse(body).data?.paymentId ?? null;
}

const invoiceIdSchema = z.object({ invoice_id: idText });

/** Whether a payment that is not understood may belong to this invoice. */
export function mayBeOf({ body }: UnreadEntry, invoiceId: string): boolean {
  const read = invoiceIdSchema.safeParse(body).data;
  return read === undefined || read.invoice_id === invoiceId;
}

export const invoiceSchema = z.object({
  id: idText,
  invoice_url: z.string(),
  price_amount: amountText,
  price_currency: z.string().max(32),
  order_id: z.string().max(256).nullish(),
});
export type NowInvoice = z.infer<typeof invoiceSchema>;
