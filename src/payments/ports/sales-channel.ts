import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import type { Money } from '#kernel/money.ts';

/** One line of a channel order, as far as the channel names it. */
export interface ChannelOrderItem {
  /** The channel's own key of the product; null when it was not named. */
  productKey: string | null;
  name: string;
  quantity: number | null;
  /** Never shown, logged or stored in the clear. */
  licenseKey: string | null;
  hasCoupon: boolean;
  /** A discount whose amount is not named: a sale price, an upgrade, a cross-sell … */
  hasOpenDiscount: boolean;
}

/** A coupon that was used: a percentage, as a decimal text, or an amount. */
export interface ChannelOrderCoupon {
  code: string;
  percent: string | null;
  amountMinor: number | null;
}

/** An order made in the channel's shop. The price is all that the buyer paid. */
export interface ChannelOrder {
  reference: ProviderReference;
  price: Money;
  /** The tax in the price; `unknown` when there is some and its amount is not named. */
  vatMinor: number | 'unknown';
  customerEmail: string | null;
  items: ChannelOrderItem[];
  coupons: ChannelOrderCoupon[];
  /** The fees of the channel and the payment company; null when not all of them are named. */
  feeMinor: number | null;
  /** The payment method there: `card`, `paypal`. */
  paymentType: string | null;
  soldAt: Milliseconds | null;
}

/** A refund of a channel order that the seller made there. */
export interface ChannelRefund {
  channelOrder: ChannelOrder;
  /** The order's refunded sum as far as this event knows; it may also be only the amount of one of several refunds. */
  returnedMinor: number;
  returnedAt: Milliseconds | null;
}

export const subscriptionStatuses = ['active', 'canceled'] as const;

/** A fact without an amount: its money is received as channel orders. */
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

/** The channel's answer about a license key. */
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

/** Decimals in major units: how many places count is known with the currency. */
export interface ExportedAmounts {
  /** Where several lines belong to one order, each may have the whole price (`amount`) or its part (`otherwise`). */
  amount: string;
  otherwise: string;
  /** In all; `unknown` when something was refunded and the amount is not named. */
  returned: string | 'unknown';
}

/** One channel order of an export, whatever its format. */
export interface ExportedOrder {
  /** Its place for humans: the number of its first line. */
  line: number;
  /** How many lines were merged into this order. */
  lineCount: number;
  reference: ProviderReference | null;
  customerEmail: string | null;
  /**
   * The currencies that it may be in: the one that it names, several behind a sign that they share, the usual one first;
   * none where it names none.
   */
  currencies: readonly string[];
  /** One, or two where `1,234` may part thousands or decimals: the second is one of a currency with three of them. */
  readings: readonly ExportedAmounts[];
  productNames: string[];
  soldAt: Milliseconds | null;
}

/** Why a line of an export could not be read. The words for it are the surface's. */
export type LineFault =
  | 'quotes_do_not_close'
  | 'too_many_broken_quotes'
  | 'too_long'
  | 'damaged'
  | 'transaction_unreadable'
  | 'not_named'
  | 'currency_unknown'
  | 'amount_unreadable'
  | 'refunded_amount_unreadable';

export interface UnreadableLine {
  line: number;
  fault: LineFault;
}

export type NotAnExport = { code: 'not_text' | 'no_header' } | { code: 'too_many_lines'; linesMax: number };

export type ChannelExport =
  | {
      kind: 'read';
      sales: ExportedOrder[];
      /** Lines that could not be read; nothing else is lost with them. */
      unreadable: UnreadableLine[];
    }
  | ({ kind: 'not_an_export' } & NotAnExport);

/**
 * A shop of its own, whose orders are known by its webhooks. Outgoing calls may throw ProviderRejected,
 * ProviderUnreachable, ProviderRateLimited or ProviderNotUnderstood (provider-errors.ts), are bounded in time, and are never made inside a
 * transaction.
 */
export interface SalesChannel {
  /** Reads the body of an event that `verifyWebhook` has accepted; undefined when this version cannot. */
  readEvent(body: Uint8Array): ChannelEvent | undefined;
  /** Redacts license keys and signatures, which must never be shown, from the text of an event. */
  redactSecrets(text: string): string;
  /** Asks about a license key: the channel's API answers nothing else about an order. */
  verifyLicense(asked: { licenseKey: string; productSecret: string }, signal?: AbortSignal): Promise<LicenseLookup>;
  /** Every coupon, cached for a moment; `isWhole` is false when there are more than are read. */
  listCoupons(signal?: AbortSignal): Promise<{ coupons: Coupon[]; isWhole: boolean }>;
  /** Searches for the code first: a repeat after a lost answer finds the coupon of the first try. */
  createCoupon(draft: CouponDraft, signal?: AbortSignal): Promise<{ coupon: Coupon; wasThere: boolean }>;
  /** Reads the file that the seller exports, in slices between which the process serves others. Never throws for its content. */
  readExport(bytes: Uint8Array): Promise<ChannelExport>;
}
