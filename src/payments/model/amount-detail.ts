import { formatAsset, formatMoney, subtractDecimals, withPlaces } from '#kernel/money.ts';
import { amountDifferenceOf } from './amount-difference.ts';
import type { Payment } from './payment.ts';

/**
 * `20.00 USD of 49.00 USD received, 29.00 USD short`, in the unit the provider settles in; null before any money was
 * received.
 */
export function amountDetail(payment: Payment): string | null {
  const { receivedAmount, expectedAmount, receivedAsset: asset } = payment;
  if (receivedAmount === null || expectedAmount === null || asset === null) return null;
  const show = (amount: string): string =>
    formatAsset({ amount: withPlaces(amount, [expectedAmount, receivedAmount]), asset });
  if (payment.status === 'reversed') return `${show(receivedAmount)} was received and reversed`;
  const gap = subtractDecimals(expectedAmount, receivedAmount);
  const came = `${show(receivedAmount)} of ${show(expectedAmount)} received`;
  if (gap === '0') return came;
  const isOver = gap.startsWith('-');
  const also = otherUnit(payment);
  return `${came}, ${show(gap.replace('-', ''))} ${isOver ? 'overpaid' : 'is missing'}${also === null ? '' : ` (${also})`}`;
}

/** The difference in the other unit than the sentence's: the coin, or the order's currency. */
function otherUnit(payment: Payment): string | null {
  const { differenceFiat, differenceCoin } = differenceFacts(payment);
  return payment.receivedAsset === payment.coinAsset ? differenceFiat : differenceCoin;
}

export function differenceFacts(payment: Payment): { differenceFiat: string | null; differenceCoin: string | null } {
  const gap = amountDifferenceOf(payment);
  return {
    differenceFiat: gap?.fiat ? formatMoney(gap.fiat) : null,
    differenceCoin: gap?.coin ? formatAsset(gap.coin) : null,
  };
}
