import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import type { Money } from '#kernel/money.ts';

/** One line of a sale, as far as the channel names it. */
export interface ChannelOrderItem {
  /** The channel's own key of the product; null when it was not named. */
  productKey: string | null;
  name: string;
  quantity: number | null;
  /** Never shown, logged or kept in the clear. */
  licenseKey: string | null;
  hasCoupon: boolean;
  /** A discount whose size is not named: a sale price, an upgrade, a cross-sell … */
  hasOpenDiscount: boolean;
}

/** A coupon that took part: a share in percent, as a decimal text, or an amount. */
export interface ChannelOrderCoupon {
  code: string;
  percent: string | null;
  amountMinor: number | null;
}

/** A sale that was made in the shop of a channel. The price is all that the buyer paid. */
export interface ChannelOrder {
  reference: ProviderReference;
  price: Money;
  /** What of the price is tax; `unknown` when there is some and its amount was not named. */
  vatMinor: number | 'unknown';
  customerEmail: string | null;
  items: ChannelOrderItem[];
  coupons: ChannelOrderCoupon[];
  /** What the channel and the payment company kept; null when not all of it was named. */
  feeMinor: number | null;
  /** How it was paid there: `card`, `paypal`. */
  paymentType: string | null;
  soldAt: Milliseconds | null;
}

/** Money of a sale that the seller gave back there. */
export interface ChannelRefund {
  channelOrder: ChannelOrder;
  /** Of that sale in all, as far as this event knows; it may also be one step of several. */
  returnedMinor: number;
  returnedAt: Milliseconds | null;
}

export const subscriptionStatuses = ['active', 'canceled'] as const;

/** A fact without an amount: what it earns comes as sales. */
export interface Subscription {
  reference: string;
  status: (typeof subscriptionStatuses)[number];
  customerEmail: string | null;
  customerName: string | null;
  planName: string;
  productName: string;
  startedAt: Milliseconds | null;
  endedAt: Milliseconds | null;
}

export type ChannelEvent =
  | { kind: 'sold'; channelOrder: ChannelOrder }
  | { kind: 'returned'; returned: ChannelRefund }
  | { kind: 'subscription'; subscription: Subscription };

/** What the channel says of a license key. */
export type LicenseLookup =
  | { kind: 'known'; isEnabled: boolean; email: string | null; productKey: string | null }
  | { kind: 'unknown' };

export interface Coupon {
  id: string;
  code: string;
  /** One of the two is null. */
  percent: string | null;
  amountMinor: number | null;
  productKey: string | null;
  usedCount: number;
  usageLimit: number | null;
  endsAt: Milliseconds | null;
}

export type CouponDraft = Pick<Coupon, 'code' | 'percent' | 'amountMinor' | 'productKey'>;

/** One sale of an export, whatever its form was. */
export interface ExportedOrder {
  /** Where it stands, for people: the number of its first line. */
  line: number;
  /** How many lines were put together as one sale. */
  lineCount: number;
  reference: ProviderReference | null;
  customerEmail: string | null;
  currency: string | null;
  /** In minor units. Where several lines belong to one sale, each may have the whole price or its part. */
  amountMinor: number;
  amountOtherwiseMinor: number;
  /** In all; `unknown` when something was refunded and the amount was not named. */
  returnedMinor: number | 'unknown';
  productNames: string[];
  soldAt: Milliseconds | null;
}

export type ChannelExport =
  | {
      kind: 'read';
      sales: ExportedOrder[];
      /** Lines that made no sense, with the reason; nothing else is lost with them. */
      unreadable: { line: number; why: string }[];
    }
  | { kind: 'not_an_export'; why: string };

/**
 * A shop of its own, whose orders are known by its webhooks. Calls that go out may throw ProviderRejected, ProviderUnreachable or
 * ProviderRateLimited (provider-errors.ts), are bounded in time, and are never made inside a transaction.
 */
export interface SalesChannel {
  /** Reads the body of an event that `verifyWebhook` has let in; undefined when today's code cannot. */
  readEvent(body: Uint8Array): ChannelEvent | undefined;
  /** The text of an event without license keys and signatures, which must never be shown. */
  redactSecrets(text: string): string;
  /** The only question about an order that the channel answers. */
  verifyLicense(asked: { licenseKey: string; productSecret: string }, signal?: AbortSignal): Promise<LicenseLookup>;
  /** Every coupon, kept for a moment; `isWhole` is false when there are more than are read. */
  listCoupons(signal?: AbortSignal): Promise<{ coupons: Coupon[]; isWhole: boolean }>;
  /** Looks for the code first: a repeat after a lost answer finds the coupon of the first try. */
  createCoupon(draft: CouponDraft, signal?: AbortSignal): Promise<{ coupon: Coupon; wasThere: boolean }>;
  /** Reads the file that the seller exports. Never throws for what is in it. */
  readExport(bytes: Uint8Array): ChannelExport;
}
