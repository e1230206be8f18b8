import type { Product } from '#catalog/product.ts';
import type { ProductStore } from '#catalog/product-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gt, inArray, sql } from '../../schema/drizzle.ts';

type Row = Session['tables']['products']['$inferSelect'];

export function createProductStore(session: Session): ProductStore {
  const { db } = session;
  const { products } = session.tables;
  const raised = sql`${products.version} + 1`;
  return {
    async insertProduct(product) {
      const stored = await db
        .insert(products)
        .values({ ...product, skuKey: product.sku.toLowerCase(), licenceSecret: null })
        .onConflictDoNothing()
        .returning({ id: products.id });
      return stored.length === 1;
    },
    findProduct: async (id) => (await db.select().from(products).where(eq(products.id, id))).map(toProduct)[0],
    async findProductBySku(sku) {
      const found = await db.select().from(products).where(eq(products.skuKey, sku.toLowerCase()));
      return found.map(toProduct)[0];
    },
    async listProductsByChannelKey({ channel, keys }) {
      if (keys.length === 0) return [];
      const isOneOf = inArray(products.channelKey, [...keys]);
      const found = await db
        .select()
        .from(products)
        .where(and(isOneOf, eq(products.channel, channel)));
      return found.map(toProduct);
    },
    async listProducts(query) {
      const isAfter = query.after === null ? undefined : gt(products.skuKey, query.after.toLowerCase());
      const found = await db.select().from(products).where(isAfter).orderBy(asc(products.skuKey)).limit(query.limit);
      return found.map(toProduct);
    },
    async changeProduct({ id, expectedVersion, change }) {
      const changed = await db
        .update(products)
        .set({ ...change, version: raised })
        .where(and(eq(products.id, id), eq(products.version, expectedVersion)))
        .returning({ id: products.id });
      return changed.length === 1;
    },
    async setLicenceSecret({ id, secret, updatedAt }) {
      const changed = await db
        .update(products)
        .set({ licenceSecret: secret, updatedAt, version: raised })
        .where(eq(products.id, id))
        .returning({ id: products.id });
      return changed.length === 1;
    },
    async findLicenceSecret(id) {
      const found = await db.select({ secret: products.licenceSecret }).from(products).where(eq(products.id, id));
      return found[0]?.secret ?? null;
    },
    async deleteProduct({ id, expectedVersion }) {
      const gone = await db
        .delete(products)
        .where(and(eq(products.id, id), eq(products.version, expectedVersion)))
        .returning({ id: products.id });
      return gone.length === 1;
    },
  };
}

/** The secret stays behind. */
function toProduct({ skuKey, licenceSecret, ...product }: Row): Product {
  return { ...product, hasLicenceSecret: licenceSecret !== null };
}
