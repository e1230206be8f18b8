import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { Order } from '#orders/order.ts';
import { balanceOf, moneyOf } from '../model/balance.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';

/**
 * What providers confirm of an order that an admin marks as paid: `BTCPay has the money: Expired / PaidLate.`; null where
 * they confirm nothing.
 */
export function moneyThereSentence(about: {
  order: Order;
  payments: readonly Payment[];
  refunds: readonly Refund[];
}): string | null {
  const { order, payments, refunds } = about;
  const { moneyMinor } = balanceOf(order, payments, refunds);
  const [most] = payments.toSorted((left, right) => moneyOf(right, refunds) - moneyOf(left, refunds));
  if (moneyMinor === 0 || most === undefined) return null;
  const money = formatMoney({ amountMinor: moneyMinor, currency: order.currency });
  const what = moneyMinor < order.amountMinor ? `${money} of ${formatMoney(order)}` : 'the money';
  const words = most.providerStatus === null ? '' : `: ${most.providerStatus}`;
  return `${providerTitle(most.provider)} has ${what}${words}.`;
}
