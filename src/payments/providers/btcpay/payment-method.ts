import { z } from 'zod';
import { decimalText } from '../kit/body-fields.ts';

// BTCPay Server: Greenfield API, payment methods of an invoice. Before 2.0 the id was `BTC` or `BTC-LightningNetwork`.

const paymentSchema = z.object({ id: z.string().max(256), status: z.string().nullish() });

const paymentMethodSchema = z.object({
  paymentMethodId: z.string().nullish(),
  paymentMethod: z.string().nullish(),
  currency: z.string().nullish(),
  amount: decimalText.nullish(),
  /** Paid by all methods, in the currency of this one. */
  totalPaid: decimalText.nullish(),
  /** What is missing, in the currency of this method. */
  due: decimalText.nullish(),
  payments: z.array(paymentSchema).nullish(),
});
export const paymentMethodsSchema = z.array(paymentMethodSchema);
export type PaymentMethod = z.infer<typeof paymentMethodSchema>;

/** `txid-outputIndex` of a payment on the chain is read as its transaction; other ids stay as they are. */
export function transactionIdsOf(methods: readonly PaymentMethod[]): string[] {
  const ids = methods.flatMap(({ payments }) =>
    (payments ?? []).map(({ id }) => id.replace(/^([0-9a-f]{64})-\d+$/, '$1')),
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
