import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { describeProduct, type ProductDeps } from './save-product.ts';

export type ProductRemoved = { kind: 'removed'; sku: string } | { kind: 'conflict' } | { kind: 'unknown' };

/** Takes a product out of the catalogue, with its secret key. Orders of it stay as they are. */
export function removeProduct(
  deps: ProductDeps,
  input: { productId: string; expectedVersion: number; actor: Actor },
): Promise<ProductRemoved> {
  const { productId, expectedVersion, actor } = input;
  return deps.database.transaction(async (stores): Promise<ProductRemoved> => {
    const product = await stores.products.findProduct(productId);
    if (product === undefined) return { kind: 'unknown' };
    const isGone = await stores.products.deleteProduct({ id: productId, expectedVersion });
    if (!isGone) return { kind: 'conflict' };
    await recordAudit(
      { stores, clock: deps.clock, ids: deps.ids },
      {
        actor,
        action: 'product.remove',
        subject: `product:${product.sku}`,
        details: describeProduct(product),
      },
    );
    return { kind: 'removed', sku: product.sku };
  });
}
