import type { ProviderName } from '#kernel/provider-name.ts';
import type { Product } from './product.ts';

export type ProductFacts = Omit<Product, 'hasLicenseSecret'>;
export type ProductChange = Pick<
  ProductFacts,
  'name' | 'amountMinor' | 'currency' | 'channel' | 'channelKey' | 'updatedAt'
>;

export interface ProductStore {
  /** False when its sku or its key at its channel is taken; nothing is stored then. */
  insertProduct(product: ProductFacts): Promise<boolean>;
  findProduct(id: string): Promise<Product | undefined>;
  findProductBySku(sku: string): Promise<Product | undefined>;
  listProductsByChannelKey(query: { channel: ProviderName; keys: readonly string[] }): Promise<Product[]>;
  /** By sku, after the given one. */
  listProducts(query: { after: string | null; before?: string | null; limit: number }): Promise<Product[]>;
  /** Compare-and-set on the version, which rises by one. Another product must not have the key at that channel. */
  changeProduct(input: { id: string; expectedVersion: number; change: ProductChange }): Promise<boolean>;
  /** Null takes it away. Rises the version; false when there is no such product. */
  setLicenseSecret(input: { id: string; secret: string | null; updatedAt: number }): Promise<boolean>;
  /** The one way to the secret; it must not leave the work that asks the channel with it. */
  findLicenseSecret(id: string): Promise<string | null>;
  /** False when another change came first. */
  deleteProduct(input: { id: string; expectedVersion: number }): Promise<boolean>;
}

/** What the catalog needs of the database. */
export interface CatalogStores {
  products: ProductStore;
}
