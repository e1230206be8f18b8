import { z } from 'zod';
import { decimalText, idText } from '../kit/body-fields.ts';

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
  price_amount: decimalText,
  price_currency: z.string().max(32),
  pay_amount: decimalText.nullish(),
  actually_paid: decimalText.nullish(),
  pay_currency: z.string().max(32),
  order_id: z.string().max(256).nullish(),
  outcome_amount: decimalText.nullish(),
  outcome_currency: z.string().max(32).nullish(),
  payin_hash: z.string().max(256).nullish(),
});
export type NowPayment = z.infer<typeof paymentSchema>;

export const paymentListSchema = z.object({ data: z.array(paymentSchema) });

export const invoiceSchema = z.object({
  id: idText,
  invoice_url: z.string(),
  price_amount: decimalText,
  price_currency: z.string().max(32),
  order_id: z.string().max(256).nullish(),
});
export type NowInvoice = z.infer<typeof invoiceSchema>;
