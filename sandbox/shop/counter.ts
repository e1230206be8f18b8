import { randomUUID } from 'node:crypto';
import { currency, findProduct } from './catalogue.ts';
import type { PayWith, TillClient, TillOrder } from './till-client.ts';

// The shop's counter: what a customer asks for becomes one order at the till, however often the button is pressed.

export interface Purchase {
  readonly sku: string;
  readonly quantity?: number | undefined;
  readonly email: string;
  readonly name?: string | undefined;
  readonly payWith: PayWith;
  /** The same key is the same purchase; a new one when left out. */
  readonly key?: string | undefined;
}

/** A purchase as the shop remembers it. */
export interface Sale {
  readonly key: string;
  readonly reference: string;
  readonly productName: string;
  orderId: string | undefined;
}

export interface Counter {
  /** Throws `TillRefused`, also for a product that the shop does not have. */
  buy(purchase: Purchase): Promise<TillOrder>;
  findSale(key: string): Sale | undefined;
}

/** Older sales are forgotten; their orders live on in the till. */
const salesMax = 500;
const firstReference = 2041;

export function createCounter(deps: { till: TillClient; returnUrl: (key: string) => string }): Counter {
  const sales = new Map<string, Sale>();
  let made = 0;

  function remember(key: string, productName: string): Sale {
    const known = sales.get(key);
    if (known !== undefined) return known;
    const sale: Sale = { key, reference: `LL-${firstReference + made}`, productName, orderId: undefined };
    made += 1;
    sales.set(key, sale);
    const oldest = sales.keys().next();
    if (sales.size > salesMax && !oldest.done) sales.delete(oldest.value);
    return sale;
  }

  return {
    async buy(purchase) {
      const product = findProduct(purchase.sku);
      if (product === undefined) throw new Error(`the shop does not sell ${purchase.sku}`);
      const { sku, name, price } = product;
      const sale = remember(purchase.key ?? randomUUID(), name);
      const order = await deps.till.placeOrder({
        key: sale.key,
        reference: sale.reference,
        items: [{ sku, name, quantity: purchase.quantity ?? 1, unitAmount: price }],
        currency,
        customer: { email: purchase.email, ...(purchase.name !== undefined && { name: purchase.name }) },
        payWith: purchase.payWith,
        redirectUrl: deps.returnUrl(sale.key),
      });
      sale.orderId = order.id;
      return order;
    },
    findSale: (key) => sales.get(key),
  };
}
