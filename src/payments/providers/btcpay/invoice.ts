import { z } from 'zod';
import type { PaymentId } from '#kernel/ids.ts';
import { compareDecimals } from '#kernel/money.ts';
import { amountText, decimalText, idText, lenient, ownPaymentId, unixSeconds } from '../kit/body-fields.ts';
import { entriesOf } from '../kit/list-entries.ts';

// BTCPay Server: Greenfield API, InvoiceData, and the payment methods of an invoice.

export const invoiceStatuses = ['New', 'Processing', 'Settled', 'Expired', 'Invalid'] as const;

export const invoiceSchema = z.object({
  id: idText,
  storeId: z.string().nullish(),
  /** Null for a top-up invoice, which asks for no amount; none of ours is one. */
  amount: amountText.nullish(),
  /** Since 2.0, in the currency of the invoice. */
  paidAmount: amountText.nullish(),
  currency: z.string(),
  status: z.enum(invoiceStatuses),
  additionalStatus: z.string().nullish(),
  checkoutLink: lenient(z.string()),
  createdTime: lenient(unixSeconds),
  expirationTime: lenient(unixSeconds),
  // Our id is in it: what cannot be read there may be ours.
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
export type Invoice = z.infer<typeof invoiceSchema>;

/** What can be told of an invoice that is not understood. */
const identity = z
  .object({
    id: lenient(idText),
    metadata: lenient(z.object({ orderId: ownPaymentId })),
    createdTime: lenient(unixSeconds),
  })
  .transform(({ id, metadata, createdTime }) => ({
    reference: id,
    paymentId: metadata?.orderId ?? null,
    createdAt: createdTime,
  }));
export const invoiceListSchema = entriesOf(invoiceSchema, identity);

export function findPaymentId(body: unknown): PaymentId | null {
  return identity.safeParse(body).data?.paymentId ?? null;
}

/** Whether the invoice may have payments, so that asking for them is worth a call. */
export function mayHavePayments({ status, additionalStatus, paidAmount }: Invoice): boolean {
  if (paidAmount) return compareDecimals(paidAmount, '0') > 0;
  return status !== 'New' || (additionalStatus ?? 'None') !== 'None';
}

const paymentSchema = z.object({ id: z.string().max(256) });

const paymentMethodSchema = z.object({
  /** Before 2.0 `paymentMethod`: `BTC` or `BTC-LightningNetwork`. */
  paymentMethodId: z.string().nullish(),
  paymentMethod: z.string().nullish(),
  currency: z.string().nullish(),
  amount: amountText.nullish(),
  /** Paid by all methods, in the currency of this one. */
  totalPaid: amountText.nullish(),
  /** What is missing, in the currency of this method. */
  due: decimalText.nullish(),
  payments: lenient(z.array(lenient(paymentSchema))),
});
export const paymentMethodsSchema = entriesOf(paymentMethodSchema);
export type PaymentMethod = z.infer<typeof paymentMethodSchema>;

/** `txid-outputIndex` of a payment on the chain is read as its transaction; other ids stay as they are. */
export function transactionIdsOf(methods: readonly PaymentMethod[]): string[] {
  const ids = methods.flatMap(({ payments }) =>
    (payments ?? []).flatMap((payment) => payment?.id.replace(/^([0-9a-f]{64})-\d+$/, '$1') ?? []),
  );
  return [...new Set(ids)];
}

export function assetOf(method: PaymentMethod): string | undefined {
  return method.currency ?? (method.paymentMethodId ?? method.paymentMethod)?.split('-')[0];
}

/** How the buyer can be paid back: the way that the money came, or any that was offered where nobody knows. */
export function payoutMethodsOf(methods: readonly PaymentMethod[]): string[] {
  const used = methods.filter(({ payments }) => (payments ?? []).length > 0);
  const ids = (used.length > 0 ? used : methods).flatMap(({ paymentMethodId, paymentMethod }) => {
    const id = paymentMethodId ?? paymentMethod;
    // LNURL is a way to ask for a Lightning payment; what goes back goes over Lightning itself.
    return id ? [id.replace(/-LNURL$/, '-LN').replace(/[-_]LNURLPAY$/, '-LightningNetwork')] : [];
  });
  return [...new Set(ids)];
}
