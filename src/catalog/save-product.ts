import type { AccessStores } from '#access/access-store.ts';
import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { formatMoney } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { isVisible } from '#kernel/text.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { channelKeyPattern, type Product, productNameUnitsMax, skuPattern } from './product.ts';
import type { CatalogStores } from './product-store.ts';

export type ProductDeps = TransactionDeps<CatalogStores & AccessStores>;

export type ProductDraft = Pick<Product, 'sku' | 'name' | 'amountMinor' | 'currency' | 'channel' | 'channelKey'>;

export type ProductSaved =
  | { kind: 'added' | 'changed'; productId: string }
  | { kind: 'refused'; fault: ProductFault }
  /** Somebody changed it since it was read. */
  | { kind: 'conflict' };

/** Why a draft cannot be saved; a surface has the words. */
export type ProductFault =
  | { code: 'sku_malformed' | 'price_not_positive' | 'channel_without_key' }
  | { code: 'name_length'; unitsMax: number }
  | { code: 'key_malformed'; channel: ProviderName }
  | { code: 'key_taken'; sku: string; key: string };

/** What is wrong with a draft by itself; undefined when it can be saved. */
export function faultOf(draft: ProductDraft): ProductFault | undefined {
  if (!skuPattern.test(draft.sku)) return { code: 'sku_malformed' };
  const name = draft.name.trim();
  if (!isVisible(name) || name.length > productNameUnitsMax)
    return { code: 'name_length', unitsMax: productNameUnitsMax };
  if (draft.amountMinor <= 0) return { code: 'price_not_positive' };
  const { channel, channelKey } = draft;
  if ((channel === null) !== (channelKey === null)) return { code: 'channel_without_key' };
  const isMalformed = channelKey !== null && !channelKeyPattern.test(channelKey);
  return channel !== null && isMalformed ? { code: 'key_malformed', channel } : undefined;
}

/** Adds a product, or changes the one of that sku if it still has `expectedVersion`; null stands for a new product. */
export function saveProduct(
  deps: ProductDeps,
  input: { draft: ProductDraft; expectedVersion: number | null; actor: Actor },
): Promise<ProductSaved> {
  const { draft, expectedVersion, actor } = input;
  const fault = faultOf(draft);
  if (fault !== undefined) return Promise.resolve({ kind: 'refused', fault });
  return inTransaction(deps, causeOf(actor), async (tx): Promise<ProductSaved> => {
    const known = await tx.stores.products.findProductBySku(draft.sku);
    if ((known?.version ?? null) !== expectedVersion) return { kind: 'conflict' };
    const { channel, channelKey } = draft;
    const keys = channelKey === null ? [] : [channelKey];
    const sameKey = channel === null ? [] : await tx.stores.products.listProductsByChannelKey({ channel, keys });
    const other = sameKey.find(({ id }) => id !== known?.id);
    if (other !== undefined) {
      return { kind: 'refused', fault: { code: 'key_taken', sku: other.sku, key: channelKey ?? '' } };
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

/** The details of a product in the audit trail. */
export function describeProduct({ name, channel, channelKey, ...money }: ProductDraft) {
  return { name, price: formatMoney(money), channel, channelKey };
}
