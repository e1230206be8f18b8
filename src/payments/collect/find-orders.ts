import type { Database } from '#kernel/database.ts';
import { isCurrency, MoneyInvalid, parseMoney } from '#kernel/money.ts';
import { type Order, parseOrderNumber } from '#orders/order.ts';
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
    const query = { text: text.toLowerCase(), amountMinor: amountIn(text), limit: input.limit };
    for (const order of await stores.orders.searchOrders(query)) add(order);
    return [...found.values()];
  });
}

/** Reads an amount as minor units; without a currency it has two decimal places, as most currencies have. */
function amountIn(text: string): number | null {
  const match = /^(\d[\d.]*)(?:\s*([A-Za-z]{3,4}))?$/.exec(text);
  const currency = match?.[2]?.toUpperCase() ?? 'USD';
  if (match?.[1] === undefined || !isCurrency(currency)) return null;
  try {
    return parseMoney(match[1], currency).amountMinor;
  } catch (error) {
    if (error instanceof MoneyInvalid) return null;
    throw error;
  }
}
