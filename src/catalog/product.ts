import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

/** Something that the shop sells, at its full price. Where it is sold elsewhere too, it is known there by a key of its own. */
export interface Product {
  id: string;
  /** The shop's own name of it; unique whatever the letters' case. */
  sku: string;
  name: string;
  amountMinor: number;
  currency: string;
  /** Rises by one with every change; compare-and-set names it. */
  version: number;
  /** The shop of its own that sells it too, and that shop's key of it; both are null when no other sells it. */
  channel: ProviderName | null;
  channelKey: string | null;
  /** Whether the key that asks the channel about its licenses is set; what it is, only `findLicenseSecret` tells. */
  hasLicenseSecret: boolean;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
}

export const skuPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
export const channelKeyPattern = /^[A-Za-z0-9_-]{1,40}$/;
export const productNameUnitsMax = 100;
