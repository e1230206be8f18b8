import type { Product } from '#catalog/product.ts';
import type { ProductStore } from '#catalog/product-store.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, gt, inArray, lt, sql } from '../../schema/drizzle.ts';

type Row = Session['tables']['products']['$inferSelect'];

export function createProductStore(session: Session): ProductStore {
  const { db } = session;
  const { products } = session.tables;
  const insert = prepareInsert(session, { name: 'insert_product', table: products, unless: 'taken' });
  const { prepare, prepareList } = rowsOf(session, products);
  const findById = prepare('find_product', ['id']);
  const findBySku = prepare('find_product_by_sku', ['skuKey']);
  type Page = { after: string | null; limit: number };
  const listAfter = prepareList<Page>('list_products_after', ({ has }) => ({
    where: has('after') ? gt(products.skuKey, sql.placeholder('after')) : undefined,
    order: [asc(products.skuKey)],
    limit,
  }));
  const listBefore = prepareList<{ before: string; limit: number }>('list_products_before', () => ({
    where: lt(products.skuKey, sql.placeholder('before')),
    order: [desc(products.skuKey)],
    limit,
  }));
  type ByKey = Parameters<ProductStore['listProductsByChannelKey']>[0];
  const listByKey = prepareList<ByKey>('list_products_by_channel_key', ({ among }) => ({
    where: and(inArray(products.channelKey, among('keys')), eq(products.channel, sql.placeholder('channel'))),
    order: [asc(products.skuKey)],
  }));
  const raised = sql`${products.version} + 1`;
  return {
    insertProduct: (product) => insert({ ...product, skuKey: product.sku.toLowerCase(), licenseSecret: null }),
    findProduct: async (id) => (await findById({ id })).map(toProduct)[0],
    findProductBySku: async (sku) => (await findBySku({ skuKey: sku.toLowerCase() })).map(toProduct)[0],
    listProductsByChannelKey: async (query) => (await listByKey(query)).map(toProduct),
    async listProducts({ after, before = null, limit: rowsMax }) {
      if (before === null) {
        return (await listAfter({ after: after?.toLowerCase() ?? null, limit: rowsMax })).map(toProduct);
      }
      return (await listBefore({ before: before.toLowerCase(), limit: rowsMax })).map(toProduct).reverse();
    },
    async changeProduct({ id, expectedVersion, change }) {
      const changed = await db
        .update(products)
        .set({ ...change, version: raised })
        .where(and(eq(products.id, id), eq(products.version, expectedVersion)))
        .returning({ id: products.id });
      return changed.length === 1;
    },
    async setLicenseSecret({ id, secret, updatedAt }) {
      const changed = await db
        .update(products)
        .set({ licenseSecret: secret, updatedAt, version: raised })
        .where(eq(products.id, id))
        .returning({ id: products.id });
      return changed.length === 1;
    },
    findLicenseSecret: async (id) => (await findById({ id }))[0]?.licenseSecret ?? null,
    async deleteProduct({ id, expectedVersion }) {
      const deleted = await db
        .delete(products)
        .where(and(eq(products.id, id), eq(products.version, expectedVersion)))
        .returning({ id: products.id });
      return deleted.length === 1;
    },
  };
}

/** Without the secret: it is read by `findLicenseSecret` only. */
function toProduct({ skuKey, licenseSecret, ...product }: Row): Product {
  return { ...product, hasLicenseSecret: licenseSecret !== null };
}
