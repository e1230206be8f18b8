import { asProviderReference } from '#kernel/ids.ts';
import type { ChannelEvent, ChannelOrder, ChannelOrderCoupon, ChannelOrderItem } from '../../ports/sales-channel.ts';
import { readExactJson } from '../http/exact-json.ts';
import {
  envelopeSchema,
  type ItemBody,
  type OrderBody,
  paidSchema,
  refundedSchema,
  subscriptionSchema,
} from './event-body.ts';

/** The event in the domain's terms; undefined for a body that fits none of the four kinds. */
export function readPayhipEvent(bytes: Uint8Array): ChannelEvent | undefined {
  const body = readExactJson(bytes);
  switch (envelopeSchema.safeParse(body).data?.type) {
    case 'paid': {
      const paid = paidSchema.safeParse(body).data;
      return paid && { kind: 'sold', channelOrder: toChannelOrder(paid, paid.date ?? null) };
    }
    case 'refunded': {
      const refunded = refundedSchema.safeParse(body).data;
      if (refunded === undefined) return undefined;
      const channelOrder = toChannelOrder(refunded, null);
      const returnedAt = refunded.date_refunded ?? null;
      return { kind: 'returned', returned: { channelOrder, returnedMinor: refunded.amount_refunded, returnedAt } };
    }
    case 'subscription.created':
      return toSubscription(body, 'active');
    case 'subscription.deleted':
      return toSubscription(body, 'canceled');
    default:
      return undefined;
  }
}

function toChannelOrder(body: OrderBody, soldAt: number | null): ChannelOrder {
  return {
    reference: asProviderReference(body.id),
    price: { amountMinor: body.price, currency: body.currency },
    vatMinor: body.vat_applied ? (body.vat_amount ?? 'unknown') : 0,
    customerEmail: body.email,
    items: body.items.map(toItem),
    coupons: couponsOf(body),
    // PayPal's share is never named, so that a fee is known only where both parts are.
    feeMinor: body.stripe_fee === null || body.payhip_fee === null ? null : body.stripe_fee + body.payhip_fee,
    paymentType: body.payment_type,
    soldAt,
  };
}

function toItem(item: ItemBody | null): ChannelOrderItem {
  if (item === null) {
    const unread = { productKey: null, name: 'Unreadable item', quantity: null, licenseKey: null };
    return { ...unread, hasCoupon: false, hasOpenDiscount: false };
  }
  const name = item.product_name ?? item.product_key ?? 'Item without a name';
  return {
    productKey: item.product_key ?? keyInLink(item.product_permalink),
    name: item.variant_name === null ? name : `${name} (${item.variant_name})`,
    quantity: item.quantity,
    licenseKey: item.license_key,
    hasCoupon: item.used_coupon,
    hasOpenDiscount:
      item.on_sale || item.used_social_discount || item.used_cross_sell_discount || item.used_upgrade_discount,
  };
}

/** `https://payhip.com/b/RGsF` */
function keyInLink(link: string | null): string | null {
  return /\/b\/([\w-]{1,64})\/?$/.exec(link ?? '')?.[1] ?? null;
}

/** A coupon is named by the order, by the items that it applied to, or by both. */
function couponsOf(body: OrderBody): ChannelOrderCoupon[] {
  const found = new Map<string, ChannelOrderCoupon>();
  const add = (code: string | null, percent: string | null, amountMinor: number | null): void => {
    const key = (code ?? '').toLowerCase();
    const known = found.get(key);
    const merged = { percent: known?.percent ?? percent, amountMinor: known?.amountMinor ?? amountMinor };
    found.set(key, { code: code ?? 'without a code', ...merged });
  };
  for (const coupon of body.coupons) add(coupon?.code ?? null, coupon?.percentage ?? null, coupon?.amount ?? null);
  for (const item of body.items) {
    const isNamed = item?.coupon_code !== null || body.coupons.length === 0;
    if (item?.used_coupon && isNamed) add(item.coupon_code, item.coupon_percentage, item.coupon_amount);
  }
  return [...found.values()];
}

function toSubscription(body: unknown, status: 'active' | 'canceled'): ChannelEvent | undefined {
  const read = subscriptionSchema.safeParse(body).data;
  if (read === undefined) return undefined;
  const name = [read.customer_first_name, read.customer_last_name].filter((part) => part !== null).join(' ');
  return {
    kind: 'subscription',
    subscription: {
      reference: read.subscription_id,
      status,
      customerEmail: read.customer_email,
      customerName: name === '' ? null : name,
      planName: read.plan_name ?? '',
      productName: read.product_name ?? '',
      startedAt: read.date_subscription_started ?? null,
      endedAt: read.date_subscription_deleted ?? null,
    },
  };
}
