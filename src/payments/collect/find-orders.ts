import type { Database } from '#kernel/database.ts';
import { currencyDigits, digitsByCode, minorIn } from '#kernel/money.ts';
import { type Order, parseOrderNumber } from '#orders/order.ts';
import type { SearchedAmount } from '#orders/order-store.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/**
 * Finds orders by what a customer or a provider may have written: number, reference, e-mail, amount (`49.00` or
 * `49.00 USD`), provider reference or transaction id. Best match first; every order once.
 */
export function findOrders(
  deps: { database: Database<PaymentStores> },
  input: { text: string; limit: number },
): Promise<Order[]> {
  const text = input.text.trim();
  if (text === '') return Promise.resolve([]);
  return deps.database.read(async (stores) => {
    const found = new Map<string, Order>();
    const add = (order: Order | undefined): void => {
      if (order !== undefined && found.size < input.limit) found.set(order.id, order);
    };
    const number = parseOrderNumber(text);
    if (number !== undefined) add(await stores.orders.findOrderByNumber(number));
    for (const payment of await stores.payments.searchPayments({ text, limit: input.limit })) {
      add(await stores.orders.findOrder(payment.orderId));
    }
    const query = { text: text.toLowerCase(), amounts: amountsIn(text), limit: input.limit };
    for (const order of await stores.orders.searchOrders(query)) add(order);
    return [...found.values()];
  });
}

/**
 * An amount as minor units of its currency; without one, of each that it may be in: `600` are 60000 cents, and 600 yen.
 */
function amountsIn(text: string): SearchedAmount[] {
  const [, amount, code] = /^(\d[\d.]*)(?:\s*([A-Za-z]{3,4}))?$/.exec(text) ?? [];
  if (amount === undefined) return [];
  const named = code?.toUpperCase();
  const currencies = [...digitsByCode.keys()].filter((currency) => named === undefined || currency === named);
  const byPlaces = Map.groupBy(currencies, currencyDigits);
  return [...byPlaces.values()].flatMap((alike): SearchedAmount[] => {
    const amountMinor = minorIn(amount, alike[0] ?? '');
    return amountMinor === undefined ? [] : [{ amountMinor, currencies: alike }];
  });
}
