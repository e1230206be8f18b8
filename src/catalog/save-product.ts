import type { AccessStores } from '#access/access-store.ts';
import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { channelKeyPattern, type Product, productNameUnitsMax, skuPattern } from './product.ts';
import type { CatalogStores } from './product-store.ts';

export type ProductDeps = TransactionDeps<CatalogStores & AccessStores>;

export type ProductDraft = Pick<Product, 'sku' | 'name' | 'amountMinor' | 'currency' | 'channel' | 'channelKey'>;

export type ProductSaved =
  | { kind: 'added' | 'changed'; productId: string }
  | { kind: 'refused'; reason: string }
  /** Somebody changed it since it was looked at. */
  | { kind: 'conflict' };

/** What is wrong with a draft, in a sentence; undefined when it can be saved. */
export function faultOf(draft: ProductDraft): string | undefined {
  if (!skuPattern.test(draft.sku)) return 'A SKU has at most 40 letters, digits, dots, dashes and underscores.';
  const name = draft.name.trim();
  if (name === '' || name.length > productNameUnitsMax) return `A name has 1 to ${productNameUnitsMax} characters.`;
  if (draft.amountMinor <= 0) return 'The price must be more than nothing.';
  const { channel, channelKey } = draft;
  if ((channel === null) !== (channelKey === null)) return 'A channel goes with the key of the product there.';
  if (channel !== null && channelKey !== null && !channelKeyPattern.test(channelKey)) {
    const form = 'has at most 40 letters, digits, dashes and underscores';
    return `The key of a product at ${providerTitle(channel)} ${form}: it ends the product's address there.`;
  }
  return undefined;
}

/** Adds a product, or changes the one of that sku as it was looked at: `expectedVersion`, or null for a new one. */
export function saveProduct(
  deps: ProductDeps,
  input: { draft: ProductDraft; expectedVersion: number | null; actor: Actor },
): Promise<ProductSaved> {
  const { draft, expectedVersion, actor } = input;
  const fault = faultOf(draft);
  if (fault !== undefined) return Promise.resolve({ kind: 'refused', reason: fault });
  return inTransaction(deps, causeOf(actor), async (tx): Promise<ProductSaved> => {
    const known = await tx.stores.products.findProductBySku(draft.sku);
    if ((known?.version ?? null) !== expectedVersion) return { kind: 'conflict' };
    const { channel, channelKey } = draft;
    const keys = channelKey === null ? [] : [channelKey];
    const sameKey = channel === null ? [] : await tx.stores.products.listProductsByChannelKey({ channel, keys });
    const other = sameKey.find(({ id }) => id !== known?.id);
    if (other !== undefined) {
      return { kind: 'refused', reason: `${other.sku} has the key ${channelKey} already.` };
    }
    const now = deps.clock.now();
    const { sku, ...facts } = { ...draft, name: draft.name.trim() };
    const id = known?.id ?? deps.ids.newId();
    const isStored =
      known === undefined
        ? await tx.stores.products.insertProduct({ id, sku, ...facts, version: 1, createdAt: now, updatedAt: now })
        : await tx.stores.products.changeProduct({
            id,
            expectedVersion: known.version,
            change: { ...facts, updatedAt: now },
          });
    if (!isStored) return { kind: 'conflict' };
    await recordAudit(tx, {
      action: known === undefined ? 'product.add' : 'product.change',
      subject: `product:${known?.sku ?? sku}`,
      details: { ...describeProduct(draft), before: known === undefined ? null : describeProduct(known) },
    });
    return { kind: known === undefined ? 'added' : 'changed', productId: id };
  });
}

/** What the audit says of a product. */
export function describeProduct({ name, channel, channelKey, ...money }: ProductDraft) {
  return { name, price: formatMoney(money), channel, channelKey };
}
