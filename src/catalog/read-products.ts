import type { Database } from '#kernel/database.ts';
import { type Page, type PagePosition, readPage } from '#kernel/page.ts';
import type { Product } from './product.ts';
import type { CatalogStores } from './product-store.ts';

interface ReadDeps {
  database: Pick<Database<CatalogStores>, 'read'>;
}

/** One page of the catalogue, by sku. */
export function listProductPage(
  deps: ReadDeps,
  query: { position: PagePosition<string> | null; size: number },
): Promise<Page<Product, string>> {
  return deps.database.read((stores) =>
    readPage<Product, string>({
      position: query.position,
      size: query.size,
      keyOf: ({ sku }) => sku,
      read: (border, limit) =>
        border?.side === 'before'
          ? stores.products.listProducts({ after: null, before: border.key, limit })
          : stores.products.listProducts({ after: border?.key ?? null, limit }),
    }),
  );
}

export function findProduct(deps: ReadDeps, wanted: { id: string } | { sku: string }): Promise<Product | undefined> {
  return deps.database.read(({ products }) =>
    'id' in wanted ? products.findProduct(wanted.id) : products.findProductBySku(wanted.sku),
  );
}
