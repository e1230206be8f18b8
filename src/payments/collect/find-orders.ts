import type { Database } from '#kernel/database.ts';
import { currencyDigits, digitsByCode, minorIn } from '#kernel/money.ts';
import { oneLine } from '#kernel/text.ts';
import { type Order, parseOrderNumber } from '#orders/order.ts';
import type { FoundOrders, SearchedAmount } from '#orders/order-store.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** Longer than anything that is written on one line of an order; nothing has such a text. */
const textMax = 1_000;
/** Copied along with a text, unseen, and part of no word: the joiners of some scripts and emoji are. */
const unseen = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

export interface Found extends FoundOrders {
  /** Whether the text is the whole number, e-mail, reference or amount of what was found, not a part of something. */
  isExact: boolean;
}

/**
 * Finds orders by what a customer or a provider may have written: number, reference, e-mail, amount (`49.00` or
 * `49.00 USD`), provider reference or transaction id. Best match first; every order once. Where nothing is called just so,
 * those that have the text somewhere in their names, e-mail or note.
 */
export function findOrders(
  deps: { database: Database<PaymentStores> },
  input: { text: string; limit: number },
): Promise<Found> {
  const text = searchedText(input.text);
  if (text === '' || text.length > textMax) return Promise.resolve({ orders: [], newest: null, isExact: false });
  const { limit } = input;
  return deps.database.read(async (stores) => {
    const exact = new Map<string, Order>();
    const add = (orders: readonly (Order | undefined)[]): void => {
      for (const order of orders) if (order !== undefined && exact.size < limit) exact.set(order.id, order);
    };
    const number = parseOrderNumber(text);
    if (number !== undefined) add([await stores.orders.findOrderByNumber(number)]);
    for (const payment of await stores.payments.searchPayments({ text, limit })) {
      add([await stores.orders.findOrder(payment.orderId)]);
    }
    add(await stores.orders.listOrdersCalled({ text, limit }));
    add(await stores.orders.listOrdersOfAmounts({ amounts: amountsIn(text), limit }));
    if (exact.size > 0) return { orders: [...exact.values()], newest: null, isExact: true };
    return { ...(await stores.orders.searchOrders({ text, limit })), isExact: false };
  });
}

/** What was pasted, as it is stored: on one line, and without what nobody sees. */
export function searchedText(text: string): string {
  return oneLine(text.replaceAll(unseen, ''));
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
