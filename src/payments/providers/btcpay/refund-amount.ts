import type { ProviderReference } from '#kernel/ids.ts';
import { type AssetAmount, ceilShare, compareDecimals, isCurrency, parseMinorCeil, toDecimal } from '#kernel/money.ts';
import type { BtcpayClient } from './client.ts';
import { assetOf } from './payment-method.ts';
import type { PullPayment } from './pull-payment.ts';

/**
 * What a refund made by hand is worth in the unit that the payment was asked for in: at the server people mostly give
 * back in coin, and then it is the share of the invoice that this coin was asked for at, rounded up: it is gone.
 */
export async function amountInUnit(
  client: BtcpayClient,
  about: { pull: PullPayment; asset: string; paymentReference: ProviderReference; signal: AbortSignal | undefined },
): Promise<AssetAmount> {
  const { pull, asset, paymentReference, signal } = about;
  if (pull.currency === asset) return { amount: pull.amount, asset };
  const { amount: whole, paidAmount } = await client.fetchInvoice(paymentReference, signal);
  const methods = await client.fetchPaymentMethods(paymentReference, signal);
  const asked = methods.find((method) => assetOf(method) === pull.currency)?.amount;
  const hasRate = asked !== undefined && asked !== null && compareDecimals(asked, '0') > 0;
  if (!whole || !hasRate || !isCurrency(asset)) {
    // Without a rate all of it counts as given back: too much rather than too little.
    return { amount: paidAmount ?? whole ?? '0', asset };
  }
  const amountMinor = ceilShare(parseMinorCeil(whole, asset), { of: pull.amount, in: asked });
  return { amount: toDecimal({ amountMinor, currency: asset }), asset };
}
