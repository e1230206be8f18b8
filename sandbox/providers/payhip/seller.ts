import { VisitRefused } from '../contract.ts';
import { makeRoom, type ProviderHost } from '../host.ts';
import type { RandomIds } from '../ids.ts';
import {
  type License,
  newLicenseKey,
  type PayhipCoupon,
  type PayhipProduct,
  type PayhipSale,
  type PayhipSubscription,
  priceOf,
  type SaleInput,
} from './sale.ts';
import { payhipMessage, saleEvent, subscriptionEvent } from './webhook.ts';

// The seller's account: what visitors buy, what is refunded through the seller's own Stripe or PayPal, and Payhip's webhooks.

export interface SellerOptions {
  readonly apiKey: string;
  readonly products: readonly PayhipProduct[];
}

export type Forgery = 'unknown_product' | 'wrong_price' | 'fortune' | 'wrong_signature' | 'used_license';
export const forgeries: readonly Forgery[] = [
  'unknown_product',
  'wrong_price',
  'fortune',
  'wrong_signature',
  'used_license',
];

export class PayhipSeller {
  readonly sales = new Map<string, PayhipSale>();
  readonly coupons = new Map<string, PayhipCoupon>();
  readonly licenses = new Map<string, License>();
  readonly subscriptions = new Map<string, PayhipSubscription>();
  readonly products: readonly PayhipProduct[];
  readonly #host: ProviderHost;
  readonly #apiKey: string;

  constructor(host: ProviderHost, options: SellerOptions) {
    this.#host = host;
    this.#apiKey = options.apiKey;
    this.products = options.products;
  }

  product(key: string): PayhipProduct {
    const product = this.products.find((known) => known.key === key);
    if (product === undefined) throw new VisitRefused(`payhip: no product ${key}`);
    return product;
  }

  buy(input: SaleInput): PayhipSale {
    const product = this.product(input.productKey);
    const coupon = input.couponCode === undefined ? undefined : this.#redeem(input.couponCode, product);
    const quantity = input.quantity ?? 1;
    const price = priceOf({ product, quantity, coupon, vatPercent: input.vatPercent ?? 0 });
    const licenseKey = product.hasLicenses ? this.#issueLicense(product, input.email) : undefined;
    const { email, payBy = 'card' } = input;
    const about = { isPaid: true, isForeign: false };
    const sale = this.#keep({ ...price, ...about, product, email, quantity, coupon, payBy, licenseKey });
    if (input.isUntold !== true) this.tellOf(sale);
    return sale;
  }

  /** A basket at any price with something that is in nobody's catalogue. */
  fillBasket(input: { cents: number; currency: string; name: string }): PayhipSale {
    const { cents, currency, name } = input;
    const base = { id: '1', key: this.#host.ids.base58(4), hasLicenses: false, secret: '' };
    const product = { ...base, name, cents, currency };
    const about = { quantity: 1, coupon: undefined, payBy: 'card', licenseKey: undefined } as const;
    const state = { isPaid: false, isForeign: true };
    return this.#keep({ ...about, ...state, cents, vatCents: 0, product, email: 'somebody@customer.example' });
  }

  payBasket(sale: PayhipSale): void {
    sale.isPaid = true;
    sale.soldAtMs = this.#host.now();
    this.tellOf(sale);
  }

  /** Sends the webhook of the sale, again if it was sent already. */
  tellOf(sale: PayhipSale): void {
    this.#host.announce(saleEvent('paid', { sale, apiKey: this.#apiKey }));
  }

  /** Gives back so much in all; a disabled license is Payhip's own doing. */
  refund(id: string, cents: number): void {
    const sale = this.sales.get(id);
    if (sale === undefined) throw new VisitRefused(`payhip: no sale ${id}`);
    if (cents <= sale.refundedCents || cents > sale.cents) {
      throw new VisitRefused(`payhip: between ${sale.refundedCents} and ${sale.cents} cents can be given back in all`);
    }
    sale.refundedCents = cents;
    sale.refundedAtMs = this.#host.now();
    const license = sale.licenseKey === undefined ? undefined : this.licenses.get(sale.licenseKey);
    if (license !== undefined && cents === sale.cents) license.isEnabled = false;
    this.#host.announce(saleEvent('refunded', { sale, apiKey: this.#apiKey }));
  }

  subscribe(input: { productKey: string; email: string; plan: string }): PayhipSubscription {
    const { email, plan } = input;
    const product = this.product(input.productKey);
    const id = `SUB_${this.#host.ids.base58(10)}`;
    const subscription = { id, email, plan, product, startedAtMs: this.#host.now(), endedAtMs: undefined };
    this.subscriptions.set(id, subscription);
    this.#host.announce(subscriptionEvent('subscription.created', { subscription, apiKey: this.#apiKey }));
    return subscription;
  }

  unsubscribe(id: string): void {
    const subscription = this.subscriptions.get(id);
    if (subscription === undefined) throw new VisitRefused(`payhip: no subscription ${id}`);
    subscription.endedAtMs = this.#host.now();
    this.#host.announce(subscriptionEvent('subscription.deleted', { subscription, apiKey: this.#apiKey }));
  }

  /** What somebody sends who has seen one delivery: everything of it can be made up, the signature included. */
  forge(forgery: Forgery): void {
    const [product] = this.products;
    if (product === undefined) throw new VisitRefused('payhip: there is nothing to forge a sale of');
    const known = [...this.sales.values()].findLast(({ licenseKey }) => licenseKey !== undefined);
    const made = {
      ...forgedSale(product, this.#host),
      ...forgedPart(forgery, { product, known, ids: this.#host.ids }),
    };
    const event = saleEvent('paid', { sale: made, apiKey: this.#apiKey });
    const isUnsigned = forgery === 'wrong_signature';
    const render = isUnsigned ? () => payhipMessage(JSON.parse(event.render(1).body), 'guessed') : event.render;
    this.#host.announce({ ...event, render });
  }

  #redeem(code: string, product: PayhipProduct): PayhipCoupon {
    const coupon = [...this.coupons.values()].find((known) => known.code.toLowerCase() === code.toLowerCase());
    const isGood = coupon !== undefined && (coupon.productKey === null || coupon.productKey === product.key);
    if (!isGood) throw new VisitRefused(`payhip: the coupon ${code} is not good for this`);
    coupon.usageCount += 1;
    return coupon;
  }

  #issueLicense(product: PayhipProduct, email: string): string {
    const key = newLicenseKey(this.#host.ids);
    this.licenses.set(key, { key, product, email, madeAtMs: this.#host.now(), isEnabled: true, uses: 0 });
    return key;
  }

  #keep(sale: Omit<PayhipSale, 'id' | 'soldAtMs' | 'refundedCents' | 'refundedAtMs'>): PayhipSale {
    makeRoom(this.sales);
    const id = this.#host.ids.base58(10);
    const kept: PayhipSale = { ...sale, id, soldAtMs: this.#host.now(), refundedCents: 0, refundedAtMs: undefined };
    this.sales.set(id, kept);
    return kept;
  }
}

function forgedSale(product: PayhipProduct, { ids, now }: ProviderHost): PayhipSale {
  return {
    id: ids.base58(10),
    product,
    email: 'mallory@customer.example',
    quantity: 1,
    cents: product.cents,
    vatCents: 0,
    coupon: undefined,
    payBy: 'card',
    licenseKey: undefined,
    soldAtMs: now(),
    isPaid: true,
    isForeign: true,
    refundedCents: 0,
    refundedAtMs: undefined,
  };
}

function forgedPart(
  forgery: Forgery,
  { product, known, ids }: { product: PayhipProduct; known: PayhipSale | undefined; ids: RandomIds },
): Partial<PayhipSale> {
  switch (forgery) {
    case 'unknown_product':
      return { product: { ...product, key: ids.base58(4), name: 'Something else' } };
    case 'wrong_price':
      return { cents: 100 };
    case 'fortune':
      return { quantity: 99, cents: product.cents * 99 };
    case 'wrong_signature':
      return {};
    case 'used_license':
      if (known === undefined) throw new VisitRefused('payhip: no license has been sold yet');
      return { product: known.product, cents: known.product.cents, email: known.email, licenseKey: known.licenseKey };
    default:
      return forgery satisfies never;
  }
}
