import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

/** Something that the shop sells, at its full price. A sales channel that sells it too has its own key for it. */
export interface Product {
  id: string;
  /** The shop's own name of the product; unique, upper and lower case being the same. */
  sku: string;
  name: string;
  amountMinor: number;
  currency: string;
  /** Rises by one with every change; compare-and-set names it. */
  version: number;
  /** The sales channel that sells it too, and its key there; both are null when none does. */
  channel: ProviderName | null;
  channelKey: string | null;
  /** Whether the secret that verifies its licenses with the channel is set; only `findLicenseSecret` returns it. */
  hasLicenseSecret: boolean;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
}

export const skuPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
export const channelKeyPattern = /^[A-Za-z0-9_-]{1,40}$/;
export const productNameUnitsMax = 100;
