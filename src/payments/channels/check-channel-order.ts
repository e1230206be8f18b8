// Pure: whether a channel order, which nobody but its channel confirms, may count at once. Every doubt is a sentence
// for the admin who reviews it; without doubts the order counts. An event proves nothing about itself: what the goods are
// worth is the catalogue's word, and what a coupon takes off is the word of the channel's own list.

import type { Product } from '#catalog/product.ts';
import {
  compareDecimals,
  currencyDigits,
  floorShare,
  formatMoney,
  type Money,
  subtractDecimals,
} from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { ChannelOrder, ChannelOrderItem, Coupon, LicenseLookup } from '../ports/sales-channel.ts';
import type { ReviewThresholds } from './review-threshold.ts';

/** The result of checking an item's license key; `not_asked` has the reason. */
export type LicenseCheck =
  | LicenseLookup
  | { kind: 'not_asked'; why: string }
  | { kind: 'used'; orderNumber: string }
  /** An item before it has the same key. */
  | { kind: 'twice' };

/** What the channel's own list has under the code of a coupon; `not_asked` has the reason. */
export type CouponCheck = { kind: 'known'; coupon: Coupon } | { kind: 'unknown' } | { kind: 'not_asked'; why: string };

/** What the channel said when it was asked about an order. */
export interface ChannelEvidence {
  /** For each item, in their order; undefined for one whose product has no secret key. */
  licenses: readonly (LicenseCheck | undefined)[];
  /** For each coupon, in their order. */
  coupons: readonly CouponCheck[];
}

export interface ChannelOrderChecks extends ChannelEvidence {
  provider: ProviderName;
  channelOrder: ChannelOrder;
  /** Products of the catalogue that the channel sells under one of the order's keys. */
  products: readonly Product[];
  limits: ReviewThresholds;
}

export function checkChannelOrder(checks: ChannelOrderChecks): string[] {
  return [...moneyDoubts(checks), ...limitDoubts(checks), ...licenseDoubts(checks)];
}

/** What the order is worth: the price, or the goods by the catalogue where they are worth more. */
export function worthOf({ channelOrder, products }: Pick<ChannelOrderChecks, 'channelOrder' | 'products'>): Money {
  const { amountMinor, currency } = channelOrder.price;
  const lines = channelOrder.items.flatMap((item) => {
    const product = productOf(item, products);
    return product === undefined ? [] : [toLine({ item, product })];
  });
  return { amountMinor: Math.max(amountMinor, sum(lines)), currency };
}

function moneyDoubts(checks: ChannelOrderChecks): string[] {
  const { channelOrder, products } = checks;
  if (channelOrder.items.length === 0) return ['The order names no product.'];
  const lines = channelOrder.items.map((item) => ({ item, product: productOf(item, products) }));
  const doubts = lines.flatMap(({ item, product }) => itemDoubts(item, product, channelOrder.price.currency));
  if (doubts.length > 0) return doubts;
  if (currencyDigits(channelOrder.price.currency) !== 2) {
    return [`How amounts in ${channelOrder.price.currency} are counted there is not known.`];
  }
  const unknown = couponDoubts(checks);
  if (unknown.length > 0) return unknown;
  const known = lines.flatMap(({ item, product }) => (product === undefined ? [] : [{ item, product }]));
  const coupons = checks.coupons.flatMap((check) => (check.kind === 'known' ? [check.coupon] : []));
  return priceDoubts({ channelOrder, coupons }, known.map(toLine));
}

export function productOf(item: ChannelOrderItem, products: readonly Product[]): Product | undefined {
  return item.productKey === null ? undefined : products.find(({ channelKey }) => channelKey === item.productKey);
}

function itemDoubts(item: ChannelOrderItem, product: Product | undefined, currency: string): string[] {
  if (item.productKey === null) return [`The product is not named: “${item.name}”.`];
  const name = `“${item.name}” (${item.productKey})`;
  if (product === undefined) return [`${name} is not in the catalogue.`];
  if (product.currency !== currency) {
    return [`${name} was sold in ${currency}; in the catalogue it is in ${product.currency}.`];
  }
  if (item.quantity === null || item.quantity < 1) return [`The quantity of ${name} is not named.`];
  return [];
}

function couponDoubts({ provider, channelOrder, coupons }: ChannelOrderChecks): string[] {
  const { soldAt } = channelOrder;
  return channelOrder.coupons.flatMap(({ code }, index) => {
    const check = coupons[index] ?? { kind: 'not_asked', why: 'nobody asked' };
    const name = `The coupon “${code}”`;
    switch (check.kind) {
      case 'unknown':
        return [`${name} is not in ${providerTitle(provider)}’s list of coupons.`];
      case 'not_asked':
        return [`${name} could not be checked: ${check.why}.`];
      case 'known': {
        const { endsAt } = check.coupon;
        return endsAt !== null && (soldAt === null || soldAt >= endsAt) ? [`${name} is over.`] : [];
      }
      default:
        return check satisfies never;
    }
  });
}

interface Line {
  productKey: string | null;
  totalMinor: number;
  hasCoupon: boolean;
  hasOpenDiscount: boolean;
}

function toLine({ item, product }: { item: ChannelOrderItem; product: Product }): Line {
  const { productKey, hasCoupon, hasOpenDiscount } = item;
  return { productKey, totalMinor: product.amountMinor * (item.quantity ?? 0), hasCoupon, hasOpenDiscount };
}

/** The expected price by catalogue and coupons; tax may be included or added. */
function priceDoubts(
  { channelOrder, coupons }: { channelOrder: ChannelOrder; coupons: readonly Coupon[] },
  lines: readonly Line[],
): string[] {
  const full = sum(lines);
  const { amountMinor, currency } = channelOrder.price;
  const taxed =
    channelOrder.vatMinor === 'unknown' ? [amountMinor] : [amountMinor, amountMinor - channelOrder.vatMinor];
  const [coupon, second] = coupons;
  const about = coupon === undefined ? [] : discounted(coupon, lines);
  if (coupon !== undefined && about.length === 0) return [`The coupon “${coupon.code}” is for another product.`];
  // Two coupons have no known order; a percentage of each line is rounded to a cent, up or down.
  const expected = second === undefined ? priceWith(coupon, { full, about }) : undefined;
  if (expected !== undefined && taxed.some((paid) => Math.abs(paid - expected.minor) <= expected.slackMinor)) return [];
  const show = (minor: number): string => formatMoney({ amountMinor: minor, currency });
  const doubts = [`The price is ${show(amountMinor)}; the catalogue makes it ${show(full)}.`];
  const isTaxed = channelOrder.vatMinor !== 0;
  if (expected === undefined) doubts.push("The coupon's discount cannot be computed.");
  else if (coupon !== undefined) doubts.push(`With the coupon it would be ${show(expected.minor)}.`);
  if (isTaxed)
    doubts.push(channelOrder.vatMinor === 'unknown' ? 'The tax in it is not named.' : 'Tax does not explain it.');
  if (lines.some(({ hasOpenDiscount }) => hasOpenDiscount)) doubts.push('It has a discount whose amount is not named.');
  return doubts;
}

/** The lines that a coupon is for: those of its product, or those that are marked, or all of them. */
function discounted(coupon: Coupon, lines: readonly Line[]): readonly Line[] {
  if (coupon.productKey !== null) return lines.filter(({ productKey }) => productKey === coupon.productKey);
  const marked = lines.filter(({ hasCoupon }) => hasCoupon);
  return marked.length > 0 ? marked : lines;
}

/** Undefined when it is unknown: the coupon has no terms, or takes off more than there is. */
function priceWith(
  coupon: Coupon | undefined,
  { full, about }: { full: number; about: readonly Line[] },
): { minor: number; slackMinor: number } | undefined {
  if (coupon === undefined) return { minor: full, slackMinor: 0 };
  if (coupon.percent !== null) {
    if (compareDecimals(coupon.percent, '100') > 0) return undefined;
    const kept = subtractDecimals('100', coupon.percent);
    const off = about.reduce(
      (total, { totalMinor }) => total + totalMinor - floorShare(totalMinor, { of: kept, in: '100' }),
      0,
    );
    return { minor: full - off, slackMinor: about.length };
  }
  if (coupon.amountMinor === null || coupon.amountMinor > sum(about)) return undefined;
  return { minor: full - coupon.amountMinor, slackMinor: 0 };
}

function sum(lines: readonly Pick<Line, 'totalMinor'>[]): number {
  return lines.reduce((total, { totalMinor }) => total + totalMinor, 0);
}

function limitDoubts(checks: ChannelOrderChecks): string[] {
  const { amountMinor, currency } = checks.channelOrder.price;
  const limitMinor = checks.limits[currency];
  if (limitMinor === undefined) return [`No review threshold is set for ${currency}: see /settings.`];
  const limit = formatMoney({ amountMinor: limitMinor, currency });
  if (amountMinor > limitMinor) return [`It is above the review threshold of ${limit}.`];
  const value = worthOf(checks);
  if (value.amountMinor <= limitMinor) return [];
  return [`Its goods are worth ${formatMoney(value)} by the catalogue, above the review threshold of ${limit}.`];
}

function licenseDoubts({ channelOrder, products, licenses }: ChannelOrderChecks): string[] {
  return channelOrder.items.flatMap((item, index) => {
    const product = productOf(item, products);
    const check = licenses[index];
    if (product?.hasLicenseSecret !== true) return [];
    const doubt = check === undefined ? 'its license was not checked' : licenseDoubt(channelOrder, item, check);
    return doubt === undefined ? [] : [`“${item.name}”: ${doubt}.`];
  });
}

function licenseDoubt(channelOrder: ChannelOrder, item: ChannelOrderItem, check: LicenseCheck): string | undefined {
  switch (check.kind) {
    case 'unknown':
      return 'the license key is not known there';
    case 'not_asked':
      return check.why;
    case 'used':
      return `the license key was used by ${check.orderNumber} already`;
    case 'twice':
      return 'the license key stands in the order twice';
    case 'known':
      if (!check.isEnabled) return 'the license is disabled';
      if (check.productKey !== null && check.productKey !== item.productKey) return 'the license is of another product';
      return isSameAddress(check.email, channelOrder.customerEmail) ? undefined : 'the license is of another buyer';
    default:
      return check satisfies never;
  }
}

function isSameAddress(left: string | null, right: string | null): boolean {
  return left !== null && right !== null && left.trim().toLowerCase() === right.trim().toLowerCase();
}
