// Rows with amounts as the version before stored them: counted with the decimals of the runtime's locale data.
import { noon, type Row } from './old-cases.ts';

const times = { created_at: noon, updated_at: noon };

export interface OldOrder {
  id: string;
  currency: string;
  amountMinor: number;
  /** As the payment asks for it; null for an order without a payment. */
  asked: string | null;
  provider?: 'btcpay' | 'payhip';
  /** By what a channel order was recorded. */
  cause?: 'webhook' | 'reconciliation';
  capturedMinor?: number;
  refundedMinor?: number;
}

let number = 1_000;

export function orderRow({ id, currency, amountMinor, provider }: OldOrder): Row {
  number += 1;
  return {
    id,
    number,
    status: 'awaiting_payment',
    version: 1,
    currency,
    amount_minor: amountMinor,
    items: JSON.stringify([
      { sku: 'a', name: 'One', quantity: 1, unitAmountMinor: amountMinor - 1 },
      { sku: null, name: 'Two', quantity: 1, unitAmountMinor: 1 },
    ]),
    metadata: '{}',
    origin: provider === 'payhip' ? 'provider' : 'store',
    ...times,
    expires_at: noon,
    search_text: '',
    search_note: '',
  };
}

export function timelineRow({ id, cause }: OldOrder): Row {
  return {
    id: `timeline-${id}`,
    order_id: id,
    at: noon,
    subject: 'order',
    to_status: 'awaiting_payment',
    cause_kind: cause ?? 'store',
    cause_id: 'x',
    actor_kind: 'provider',
    actor_id: 'x',
    text: 'recorded',
  };
}

export function paymentRow(order: OldOrder, asked: string): Row {
  return {
    id: `payment-${order.id}`,
    order_id: order.id,
    provider: order.provider ?? 'btcpay',
    status: 'created',
    version: 1,
    creation: 'confirmed',
    currency: order.currency,
    amount_minor: order.amountMinor,
    requested_amount: asked,
    requested_asset: order.currency,
    expected_amount: asked,
    received_amount: asked,
    received_asset: order.currency,
    credited_minor: order.capturedMinor ?? 0,
    details: '[]',
    transaction_ids: '[]',
    expires_at: noon,
    ...times,
  };
}

export function refundRow({ id, currency, provider, asked }: OldOrder, refundedMinor: number): Row {
  return {
    id: `refund-${id}`,
    order_id: id,
    payment_id: `payment-${id}`,
    provider: provider ?? 'btcpay',
    status: 'succeeded',
    version: 1,
    currency,
    amount_minor: refundedMinor,
    requested_amount: asked ?? '',
    requested_asset: currency,
    reason: 'Asked for',
    requested_by_kind: 'admin',
    requested_by_id: '42',
    transaction_ids: '[]',
    sends: 1,
    ...times,
  };
}

export function productRow(sku: string, currency: string, amountMinor: number): Row {
  return {
    id: `product-${sku}`,
    sku,
    sku_key: sku,
    name: sku,
    amount_minor: amountMinor,
    currency,
    version: 1,
    ...times,
  };
}
