import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { Order } from '#orders/order.ts';
import { balanceOf, moneyOf } from '../model/balance.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import { hasUnconfirmedMoney } from '../model/refundable.ts';

/**
 * What providers say of an order that an admin marks as paid: `BTCPay has the money: Expired / PaidLate.`, or that one has it
 * and does not confirm it; null where they say nothing.
 */
export function moneyThereSentence(about: {
  order: Order;
  payments: readonly Payment[];
  refunds: readonly Refund[];
}): string | null {
  const { order, payments, refunds } = about;
  const { moneyMinor } = balanceOf(order, payments, refunds);
  const [most] = payments.toSorted((left, right) => moneyOf(right, refunds) - moneyOf(left, refunds));
  if (moneyMinor === 0 || most === undefined) {
    const failed = unconfirmedIn(payments);
    if (failed === undefined) return null;
    return `${providerTitle(failed.provider)} has the money and does not confirm it${wordsOf(failed)}.`;
  }
  const money = formatMoney({ amountMinor: moneyMinor, currency: order.currency });
  const what = moneyMinor < order.amountMinor ? `${money} of ${formatMoney(order)}` : 'the money';
  return `${providerTitle(most.provider)} has ${what}${wordsOf(most)}.`;
}

/** The payment whose provider has money that it does not confirm. */
export function unconfirmedIn(payments: readonly Payment[]): Payment | undefined {
  return payments.find(hasUnconfirmedMoney);
}

function wordsOf({ providerStatus }: Payment): string {
  return providerStatus === null ? '' : `: ${providerStatus}`;
}
