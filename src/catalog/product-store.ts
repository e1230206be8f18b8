import type { ProviderName } from '#kernel/provider-name.ts';
import type { Product } from './product.ts';

export type ProductFacts = Omit<Product, 'hasLicenseSecret'>;
export type ProductChange = Pick<
  ProductFacts,
  'name' | 'amountMinor' | 'currency' | 'channel' | 'channelKey' | 'updatedAt'
>;

export interface ProductStore {
  /** False, and nothing is stored, when its sku or its key at its channel is taken. */
  insertProduct(product: ProductFacts): Promise<boolean>;
  findProduct(id: string): Promise<Product | undefined>;
  findProductBySku(sku: string): Promise<Product | undefined>;
  listProductsByChannelKey(query: { channel: ProviderName; keys: readonly string[] }): Promise<Product[]>;
  /** Sorted by sku: those after the given one, or those next to it on the other side. */
  listProducts(query: { after: string | null; before?: string | null; limit: number }): Promise<Product[]>;
  /** Compare-and-set on the version, which rises by one; false when another change came first. Throws when another product has the channel's key. */
  changeProduct(input: { id: string; expectedVersion: number; change: ProductChange }): Promise<boolean>;
  /** Null removes the secret. Raises the version; false when there is no such product. */
  setLicenseSecret(input: { id: string; secret: string | null; updatedAt: number }): Promise<boolean>;
  /** The only method that returns the secret; used only to verify a license with the channel. */
  findLicenseSecret(id: string): Promise<string | null>;
  /** False when another change came first. */
  deleteProduct(input: { id: string; expectedVersion: number }): Promise<boolean>;
}

/** What the catalog needs of the database. */
export interface CatalogStores {
  products: ProductStore;
}
