import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { ProductDeps } from './save-product.ts';

const secretUnitsMax = 200;

/** Refused: a license secret is one word of at most `unitsMax` characters. */
export type LicenseSecretSet =
  | { kind: 'set' | 'cleared' }
  | { kind: 'refused'; unitsMax: number }
  | { kind: 'unknown' };

/** Stores the secret that verifies a product's licenses with its channel; null removes it. No result, audit row or log shows it. */
export function setLicenseSecret(
  deps: ProductDeps,
  input: { productId: string; secret: string | null; actor: Actor },
): Promise<LicenseSecretSet> {
  const { productId, actor } = input;
  const secret = input.secret?.trim() ?? null;
  if (secret !== null && (secret === '' || secret.length > secretUnitsMax || /\s/.test(secret))) {
    return Promise.resolve({ kind: 'refused', unitsMax: secretUnitsMax });
  }
  return inTransaction(deps, causeOf(actor), async (tx): Promise<LicenseSecretSet> => {
    const product = await tx.stores.products.findProduct(productId);
    if (product === undefined) return { kind: 'unknown' };
    await tx.stores.products.setLicenseSecret({ id: productId, secret, updatedAt: deps.clock.now() });
    await recordAudit(tx, {
      action: secret === null ? 'product.clear_licence_secret' : 'product.set_licence_secret',
      subject: `product:${product.sku}`,
    });
    return { kind: secret === null ? 'cleared' : 'set' };
  });
}
