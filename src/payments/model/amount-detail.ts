import { formatAsset, formatMoney, subtractDecimals, withPlaces } from '#kernel/money.ts';
import { amountDifferenceOf } from './amount-difference.ts';
import type { Payment } from './payment.ts';
import { hasUnconfirmedMoney } from './refundable.ts';

/**
 * `20.00 USD of 49.00 USD received, 29.00 USD short`, in the unit the provider settles in; null before any money was
 * received.
 */
export function amountDetail(payment: Payment): string | null {
  const { receivedAmount, expectedAmount, receivedAsset: asset } = payment;
  if (receivedAmount === null || expectedAmount === null || asset === null) return null;
  const show = (amount: string): string =>
    formatAsset({ amount: withPlaces(amount, { asset, beside: [expectedAmount, receivedAmount] }), asset });
  if (payment.status === 'reversed') return `${show(receivedAmount)} was received and reversed`;
  const difference = subtractDecimals(expectedAmount, receivedAmount);
  const received = `${show(receivedAmount)} of ${show(expectedAmount)} received`;
  if (hasUnconfirmedMoney(payment)) return `${received}, and not confirmed`;
  if (difference === '0') return received;
  const isOver = difference.startsWith('-');
  const also = otherUnit(payment);
  return `${received}, ${show(difference.replace('-', ''))} ${isOver ? 'overpaid' : 'is missing'}${also === null ? '' : ` (${also})`}`;
}

/** The difference in the other unit than the sentence's: the coin, or the order's currency. */
function otherUnit(payment: Payment): string | null {
  const { differenceFiat, differenceCoin } = differenceFacts(payment);
  return payment.receivedAsset === payment.coinAsset ? differenceFiat : differenceCoin;
}

export function differenceFacts(payment: Payment): { differenceFiat: string | null; differenceCoin: string | null } {
  const difference = amountDifferenceOf(payment);
  return {
    differenceFiat: difference?.fiat ? formatMoney(difference.fiat) : null,
    differenceCoin: difference?.coin ? formatAsset(difference.coin) : null,
  };
}

/** The same where the money may be gone again. */
export function moneySentence(payment: Payment): string {
  return amountDetail(payment) ?? 'no money is seen any more';
}
