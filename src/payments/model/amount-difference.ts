import { type AssetAmount, compareDecimals, type Money, subtractDecimals } from '#kernel/money.ts';
import type { Payment } from './payment.ts';
import { receivedMinor } from './refundable.ts';

/** By how much a payment is underpaid or overpaid; a unit in which that is not known is null. */
export interface AmountDifference {
  kind: 'missing' | 'surplus';
  /**
   * In the order's currency. Where the provider settles in a coin it is the coin's share of the order, received money
   * rounded down.
   */
  fiat: Money | null;
  /** In the coin that the buyer sent, exact. */
  coin: AssetAmount | null;
}

type Measured = Parameters<typeof receivedMinor>[0] & Pick<Payment, 'coinExpected' | 'coinReceived' | 'coinAsset'>;

/** Null while the amounts are not known (nothing expected says nothing), and where exactly the expected was received. */
export function amountDifferenceOf(payment: Measured): AmountDifference | null {
  const { expectedAmount, receivedAmount, amountMinor, currency } = payment;
  if (expectedAmount === null || receivedAmount === null || compareDecimals(expectedAmount, '0') === 0) return null;
  const order = compareDecimals(receivedAmount, expectedAmount);
  if (order === 0) return null;
  const received = receivedMinor(payment);
  const fiat = received === null ? null : { amountMinor: Math.abs(amountMinor - received), currency };
  return { kind: order < 0 ? 'missing' : 'surplus', fiat, coin: coinDifference(payment) };
}

/** Whether a snapshot shows more or less money than the last one did; amounts in two units do not compare. */
export function moneyMove(before: Received, after: Received): 'more' | 'less' | 'same' {
  if (before.receivedAsset !== null && after.receivedAsset !== null && before.receivedAsset !== after.receivedAsset) {
    return 'same';
  }
  const order = compareDecimals(after.receivedAmount ?? '0', before.receivedAmount ?? '0');
  if (order === 0) return 'same';
  return order > 0 ? 'more' : 'less';
}

type Received = Pick<Payment, 'receivedAmount' | 'receivedAsset'>;

function coinDifference({ coinExpected, coinReceived, coinAsset, currency }: Measured): AssetAmount | null {
  if (coinExpected === null || coinReceived === null || coinAsset === null || coinAsset === currency) return null;
  const difference = subtractDecimals(coinExpected, coinReceived);
  return difference === '0' ? null : { amount: difference.replace('-', ''), asset: coinAsset };
}
