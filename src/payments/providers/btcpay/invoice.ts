import { z } from 'zod';
import { compareDecimals } from '#kernel/money.ts';
import { decimalText, idText, unixSeconds } from '../kit/body-fields.ts';

// BTCPay Server: Greenfield API, InvoiceData.

export const invoiceStatuses = ['New', 'Processing', 'Settled', 'Expired', 'Invalid'] as const;

export const invoiceSchema = z.object({
  id: idText,
  storeId: z.string().nullish(),
  /** Null for a top-up invoice, which asks for no amount; none of ours is one. */
  amount: decimalText.nullish(),
  /** Since 2.0, in the currency of the invoice. */
  paidAmount: decimalText.nullish(),
  currency: z.string(),
  status: z.enum(invoiceStatuses),
  additionalStatus: z.string().nullish(),
  checkoutLink: z.string().nullish(),
  createdTime: unixSeconds.nullish(),
  expirationTime: unixSeconds.nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
export type Invoice = z.infer<typeof invoiceSchema>;
export const invoiceListSchema = z.array(invoiceSchema);

/** Whether the invoice may have payments, so that asking for them is worth a call. */
export function mayHavePayments({ status, additionalStatus, paidAmount }: Invoice): boolean {
  if (paidAmount) return compareDecimals(paidAmount, '0') > 0;
  return status !== 'New' || (additionalStatus ?? 'None') !== 'None';
}
