import type { RandomIds } from '../ids.ts';

// What a Payhip seller has: products, sales, coupons, license keys and subscriptions. Amounts are integer cents.

export interface PayhipProduct {
  /** The end of its address, and its `product_key`. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly cents: number;
  readonly currency: string;
  /** Every sale of it makes a license key. */
  readonly hasLicenses: boolean;
  /** The key that its licenses are asked about with. */
  readonly secret: string;
}

export interface SaleInput {
  readonly productKey: string;
  readonly email: string;
  readonly quantity?: number | undefined;
  readonly couponCode?: string | undefined;
  readonly payBy?: 'card' | 'paypal' | undefined;
  /** On top of the price. */
  readonly vatPercent?: number | undefined;
  /** Sends no webhook of the sale until `tellOf` is called. */
  readonly isUntold?: boolean | undefined;
}

export interface PayhipSale {
  readonly id: string;
  readonly product: PayhipProduct;
  readonly email: string;
  readonly quantity: number;
  readonly cents: number;
  readonly vatCents: number;
  readonly coupon: PayhipCoupon | undefined;
  readonly payBy: 'card' | 'paypal';
  readonly licenseKey: string | undefined;
  /** When it was paid, or put into the basket while it is not. */
  soldAtMs: number;
  isPaid: boolean;
  /** Made past the shop's pages. */
  readonly isForeign: boolean;
  refundedCents: number;
  refundedAtMs: number | undefined;
}

export interface PayhipCoupon {
  readonly id: string;
  readonly code: string;
  readonly type: 'single' | 'multi' | 'collection';
  readonly percentOff: number | null;
  readonly centsOff: number | null;
  readonly productKey: string | null;
  readonly usageLimit: number | null;
  usageCount: number;
}

export interface License {
  readonly key: string;
  readonly product: PayhipProduct;
  readonly email: string;
  readonly madeAtMs: number;
  isEnabled: boolean;
  uses: number;
}

export interface PayhipSubscription {
  readonly id: string;
  readonly email: string;
  readonly plan: string;
  readonly product: PayhipProduct;
  readonly startedAtMs: number;
  endedAtMs: number | undefined;
}

/** The same goods as the shop of the demo sells. */
export function defaultProducts(ids: RandomIds): PayhipProduct[] {
  const secret = () => `prod_sk_${ids.base58(32)}`;
  const base = { currency: 'USD', secret: secret() };
  return [
    { ...base, key: 'NfPk', id: '2804256', name: 'Nightfall Sample Pack', cents: 2_400, hasLicenses: false },
    { ...base, secret: secret(), key: 'FnPr', id: '2804311', name: 'Fieldnotes Pro', cents: 8_900, hasLicenses: true },
    {
      ...base,
      secret: secret(),
      key: 'StMx',
      id: '2804400',
      name: 'Studio Mixdown',
      cents: 45_000,
      hasLicenses: false,
    },
  ];
}

/** `WTKP4-66NL5-HMKQW-GFSCZ` */
export function newLicenseKey(ids: RandomIds): string {
  return Array.from({ length: 4 }, () => ids.base58(5).toUpperCase()).join('-');
}

export function priceOf(sale: {
  product: PayhipProduct;
  quantity: number;
  coupon: PayhipCoupon | undefined;
  vatPercent: number;
}): { cents: number; vatCents: number } {
  const full = sale.product.cents * sale.quantity;
  const off = sale.coupon === undefined ? 0 : takenOff(sale.coupon, full);
  const net = Math.max(full - off, 0);
  const vatCents = Math.round((net * sale.vatPercent) / 100);
  return { cents: net + vatCents, vatCents };
}

function takenOff({ percentOff, centsOff }: PayhipCoupon, full: number): number {
  return percentOff === null ? (centsOff ?? 0) : Math.round((full * percentOff) / 100);
}
