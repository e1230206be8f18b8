import { createHash } from 'node:crypto';
import type { WebhookEvent } from '../deliveries.ts';
import type { WebhookMessage } from '../post.ts';
import type { PayhipSale, PayhipSubscription } from './sale.ts';

// Payhip: Webhooks. One signature for ever, the hash of the account's API key, inside the body.

export function payhipSignature(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('hex');
}

export function payhipMessage(body: object, apiKey: string): WebhookMessage {
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, signature: payhipSignature(apiKey) }),
  };
}

export function saleEvent(
  type: 'paid' | 'refunded',
  { sale, apiKey }: { sale: PayhipSale; apiKey: string },
): WebhookEvent {
  // A webhook shows the sale as it was at that moment, however often it is sent.
  const body = { ...saleBody(sale), ...(type === 'paid' ? paidBody(sale) : refundedBody(sale)), type };
  const moment = type === 'paid' ? '' : `:${sale.refundedAtMs}:${sale.refundedCents}`;
  return {
    reference: sale.id,
    type,
    eventId: `${type}:${sale.id}${moment}`,
    url: undefined,
    render: () => payhipMessage(body, apiKey),
  };
}

export function subscriptionEvent(
  type: 'subscription.created' | 'subscription.deleted',
  { subscription, apiKey }: { subscription: PayhipSubscription; apiKey: string },
): WebhookEvent {
  const { id, email, plan, product, startedAtMs, endedAtMs } = subscription;
  const body = {
    subscription_id: id,
    customer_id: `CUST_${id}`,
    status: type === 'subscription.created' ? 'active' : 'canceled',
    customer_email: email,
    plan_name: plan,
    product_name: product.name,
    product_link: product.key,
    gdpr_consent: 'Yes',
    date_subscription_started: seconds(startedAtMs),
    customer_first_name: 'Test',
    customer_last_name: 'User',
    ...(type === 'subscription.deleted' && { date_subscription_deleted: seconds(endedAtMs ?? startedAtMs) }),
    type,
  };
  return { reference: id, type, eventId: `${type}:${id}`, url: undefined, render: () => payhipMessage(body, apiKey) };
}

function saleBody(sale: PayhipSale) {
  const { product, coupon } = sale;
  return {
    id: sale.id,
    email: sale.email,
    currency: product.currency,
    price: sale.cents,
    vat_applied: sale.vatCents > 0,
    ...(sale.vatCents > 0 && { vat_amount: sale.vatCents, vat_country: 'PT' }),
    ip_address: '192.0.2.10',
    items: [itemBody(sale)],
    ...(coupon && { coupons: [{ code: coupon.code, percentage: coupon.percentOff, amount: coupon.centsOff }] }),
    payment_type: sale.payBy,
    ...(sale.payBy === 'card' && { stripe_fee: Math.round(sale.cents * 0.029) + 30 }),
    payhip_fee: Math.round(sale.cents * 0.05),
    unconsented_from_emails: false,
    is_gift: false,
  };
}

function itemBody({ product, quantity, coupon, licenseKey }: PayhipSale) {
  return {
    product_id: product.id,
    product_name: product.name,
    product_key: product.key,
    product_permalink: `https://payhip.com/b/${product.key}`,
    // Text, as the real one sends it.
    quantity: String(quantity),
    on_sale: false,
    used_coupon: coupon !== undefined,
    ...(coupon && {
      coupon_code: coupon.code,
      coupon_percentage: coupon.percentOff,
      coupon_amount: coupon.centsOff,
    }),
    used_social_discount: false,
    used_cross_sell_discount: false,
    used_upgrade_discount: false,
    promoted_by_affiliate: false,
    has_variant: false,
    ...(licenseKey !== undefined && { license_key: licenseKey }),
  };
}

function paidBody(sale: PayhipSale) {
  return { date: seconds(sale.soldAtMs) };
}

function refundedBody(sale: PayhipSale) {
  return {
    amount_refunded: sale.refundedCents,
    date_refunded: seconds(sale.refundedAtMs ?? sale.soldAtMs),
    date_created: seconds(sale.soldAtMs),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
