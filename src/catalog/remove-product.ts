import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { describeProduct, type ProductDeps } from './save-product.ts';

export type ProductRemoved = { kind: 'removed'; sku: string } | { kind: 'conflict' } | { kind: 'unknown' };

/** Removes a product from the catalogue, with its license secret. Its orders stay as they are. */
export function removeProduct(
  deps: ProductDeps,
  input: { productId: string; expectedVersion: number; actor: Actor },
): Promise<ProductRemoved> {
  const { productId, expectedVersion, actor } = input;
  return inTransaction(deps, causeOf(actor), async (tx): Promise<ProductRemoved> => {
    const product = await tx.stores.products.findProduct(productId);
    if (product === undefined) return { kind: 'unknown' };
    const isDeleted = await tx.stores.products.deleteProduct({ id: productId, expectedVersion });
    if (!isDeleted) return { kind: 'conflict' };
    await recordAudit(tx, {
      action: 'product.remove',
      subject: `product:${product.sku}`,
      details: describeProduct(product),
    });
    return { kind: 'removed', sku: product.sku };
  });
}
