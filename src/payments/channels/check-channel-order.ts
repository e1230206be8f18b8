// Pure: whether a channel order, which nobody but its channel confirms, may count at once. Every doubt is a sentence
// for the admin who reviews it; without doubts the order counts.

import type { Product } from '#catalog/product.ts';
import {
  compareDecimals,
  currencyDigits,
  floorShare,
  formatMoney,
  type Money,
  subtractDecimals,
} from '#kernel/money.ts';
import type { ChannelOrder, ChannelOrderCoupon, ChannelOrderItem, LicenseLookup } from '../ports/sales-channel.ts';
import type { ReviewThresholds } from './review-threshold.ts';

/** The result of checking an item's license key; `not_asked` has the reason. */
export type LicenseCheck = LicenseLookup | { kind: 'not_asked'; why: string } | { kind: 'used'; orderNumber: string };

export interface ChannelOrderChecks {
  channelOrder: ChannelOrder;
  /** Products of the catalogue that the channel sells under one of the order's keys. */
  products: readonly Product[];
  limits: ReviewThresholds;
  /** For each item, in their order; undefined for one whose product has no secret key. */
  licenses: readonly (LicenseCheck | undefined)[];
}

export function checkChannelOrder(checks: ChannelOrderChecks): string[] {
  return [...moneyDoubts(checks), ...limitDoubts(checks), ...licenseDoubts(checks)];
}

function moneyDoubts({ channelOrder, products }: ChannelOrderChecks): string[] {
  if (channelOrder.items.length === 0) return ['The order names no product.'];
  const lines = channelOrder.items.map((item) => ({ item, product: productOf(item, products) }));
  const doubts = lines.flatMap(({ item, product }) => itemDoubts(item, product, channelOrder.price.currency));
  if (doubts.length > 0) return doubts;
  if (currencyDigits(channelOrder.price.currency) !== 2) {
    return [`How amounts in ${channelOrder.price.currency} are counted there is not known.`];
  }
  const known = lines.flatMap(({ item, product }) => (product === undefined ? [] : [{ item, product }]));
  return priceDoubts(channelOrder, known.map(toLine));
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

interface Line {
  totalMinor: number;
  hasCoupon: boolean;
  hasOpenDiscount: boolean;
}

function toLine({ item, product }: { item: ChannelOrderItem; product: Product }): Line {
  const { hasCoupon, hasOpenDiscount } = item;
  return { totalMinor: product.amountMinor * (item.quantity ?? 0), hasCoupon, hasOpenDiscount };
}

/** The expected price by catalogue and coupons; tax may be included or added. */
function priceDoubts(channelOrder: ChannelOrder, lines: readonly Line[]): string[] {
  const full = sum(lines);
  const { amountMinor, currency } = channelOrder.price;
  const taxed =
    channelOrder.vatMinor === 'unknown' ? [amountMinor] : [amountMinor, amountMinor - channelOrder.vatMinor];
  // A percentage of each line is rounded to a cent, up or down.
  const expected =
    channelOrder.coupons.length === 0 ? { minor: full, slackMinor: 0 } : withCoupon(channelOrder.coupons, lines);
  if (expected !== undefined && taxed.some((paid) => Math.abs(paid - expected.minor) <= expected.slackMinor)) return [];
  const show = (minor: number): string => formatMoney({ amountMinor: minor, currency });
  const doubts = [`The price is ${show(amountMinor)}; the catalogue makes it ${show(full)}.`];
  const isTaxed = channelOrder.vatMinor !== 0;
  if (expected === undefined) doubts.push("The coupon's discount cannot be computed.");
  else if (channelOrder.coupons.length > 0) doubts.push(`With the coupon it would be ${show(expected.minor)}.`);
  if (isTaxed)
    doubts.push(channelOrder.vatMinor === 'unknown' ? 'The tax in it is not named.' : 'Tax does not explain it.');
  if (lines.some(({ hasOpenDiscount }) => hasOpenDiscount)) doubts.push('It has a discount whose amount is not named.');
  return doubts;
}

/** Undefined when it is unknown: two coupons, or one whose terms are not named. */
function withCoupon(
  coupons: readonly ChannelOrderCoupon[],
  lines: readonly Line[],
): { minor: number; slackMinor: number } | undefined {
  const [coupon, second] = coupons;
  if (coupon === undefined || second !== undefined) return undefined;
  const full = sum(lines);
  // Where no line is marked, the coupon applies to all of them.
  const marked = lines.filter(({ hasCoupon }) => hasCoupon);
  const about = marked.length > 0 ? marked : lines;
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

function limitDoubts({ channelOrder, limits }: ChannelOrderChecks): string[] {
  const { amountMinor, currency }: Money = channelOrder.price;
  const limitMinor = limits[currency];
  if (limitMinor === undefined) return [`No review threshold is set for ${currency}: see /settings.`];
  if (amountMinor <= limitMinor) return [];
  return [`It is above the review threshold of ${formatMoney({ amountMinor: limitMinor, currency })}.`];
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
