import { recordAudit } from '#access/audit.ts';
import { channelKeyPattern, type Product, productNameUnitsMax, skuPattern } from '#catalog/product.ts';
import { formatMoney } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { clip } from '#kernel/text.ts';
import type { Order } from '#orders/order.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

/** What the catalogue would learn from an order; undefined when the price of a single product is not certain. */
export function rememberable(order: Pick<Order, 'origin' | 'items' | 'amountMinor' | 'currency' | 'metadata'>) {
  const [item, second] = order.items;
  if (order.origin !== 'provider' || item === undefined || second !== undefined || item.sku === null) return undefined;
  // With a coupon or tax in it, the price of the order is not the price of the product.
  if (order.metadata['coupon'] !== undefined || order.metadata['vat'] !== undefined) return undefined;
  const amountMinor = order.amountMinor / item.quantity;
  // A price of nothing would be what every later order is weighed by.
  if (!Number.isInteger(amountMinor) || amountMinor <= 0 || !skuPattern.test(item.sku)) return undefined;
  return { sku: item.sku, name: clip(item.name, productNameUnitsMax), amountMinor, currency: order.currency };
}

/**
 * Adds the product of an order to the catalogue, or updates its price; returns its sku, or null when nothing was
 * learnt.
 */
export async function rememberProduct(
  tx: PaymentTx,
  input: { order: Order; channel: ProviderName },
): Promise<string | null> {
  const { channel } = input;
  const learnt = rememberable(input.order);
  if (learnt === undefined) return null;
  const known = await tx.stores.products.findProductBySku(learnt.sku);
  const isStored =
    known === undefined ? await insert(tx, { learnt, channel }) : await change(tx, { known, learnt, channel });
  if (!isStored) return null;
  await recordAudit(tx, {
    action: known === undefined ? 'product.add' : 'product.change',
    subject: `product:${learnt.sku}`,
    details: { name: learnt.name, price: formatMoney(learnt), from: known === undefined ? null : formatMoney(known) },
  });
  return learnt.sku;
}

type Learnt = NonNullable<ReturnType<typeof rememberable>>;

function insert(tx: PaymentTx, { learnt, channel }: { learnt: Learnt; channel: ProviderName }): Promise<boolean> {
  if (!channelKeyPattern.test(learnt.sku)) return Promise.resolve(false);
  const now = tx.clock.now();
  const id = tx.ids.newId();
  const times = { createdAt: now, updatedAt: now };
  return tx.stores.products.insertProduct({ id, ...learnt, version: 1, channel, channelKey: learnt.sku, ...times });
}

function change(
  tx: PaymentTx,
  { known, learnt, channel }: { known: Product; learnt: Learnt; channel: ProviderName },
): Promise<boolean> {
  const { amountMinor, currency } = learnt;
  // A product whose sku is the channel's key of it is sold there from now on.
  const sold = known.channelKey === null ? { channel, channelKey: known.sku } : known;
  return tx.stores.products.changeProduct({
    id: known.id,
    expectedVersion: known.version,
    change: {
      name: known.name,
      channel: sold.channel,
      channelKey: sold.channelKey,
      amountMinor,
      currency,
      updatedAt: tx.clock.now(),
    },
  });
}
