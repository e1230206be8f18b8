// Pure: the rows that a channel order is stored as, and the snapshot of its payment.

import type { Product } from '#catalog/product.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { toDecimal } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Order, OrderItem } from '#orders/order.ts';
import { blankPayment } from '../collect/new-payment.ts';
import { type Payment, paymentOpenForMs } from '../model/payment.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { ChannelOrder } from '../ports/sales-channel.ts';
import { productOf } from './check-channel-order.ts';

interface SaleRow {
  provider: ProviderName;
  channelOrder: ChannelOrder;
  id: string;
  now: Milliseconds;
}

export function toOrder(input: SaleRow & { number: number; products: readonly Product[] }): Order {
  const { channelOrder, now } = input;
  return {
    id: asOrderId(input.id),
    number: input.number,
    status: 'awaiting_payment',
    version: 1,
    ...channelOrder.price,
    items: itemsOf(channelOrder, input.products),
    reference: channelOrder.reference,
    customerEmail: channelOrder.customerEmail,
    customerName: null,
    redirectUrl: null,
    metadata: metadataOf(input.provider, channelOrder),
    origin: 'provider',
    note: null,
    attention: null,
    // On the day of the order, which an export may report much later; the channel's clock may be ahead of ours.
    createdAt: Math.min(channelOrder.soldAt ?? now, now),
    updatedAt: now,
    expiresAt: now + paymentOpenForMs,
    paidAt: null,
    fulfilledAt: null,
  };
}

/** The price of a single item is not known: it is the catalogue's, or the whole price where there is one item. */
function itemsOf(channelOrder: ChannelOrder, products: readonly Product[]): OrderItem[] {
  return channelOrder.items.map((item) => {
    const product = productOf(item, products);
    const quantity = Math.max(item.quantity ?? 1, 1);
    const { amountMinor } = channelOrder.price;
    const isAlone = channelOrder.items.length === 1 && amountMinor % quantity === 0;
    return {
      sku: product?.sku ?? item.productKey,
      name: product?.name ?? item.name,
      quantity,
      unitAmountMinor: product?.amountMinor ?? (isAlone ? amountMinor / quantity : 0),
    };
  });
}

function metadataOf(provider: ProviderName, channelOrder: ChannelOrder): Record<string, string> {
  const coupon = channelOrder.coupons.map(({ code }) => code).join(', ');
  return {
    channel: provider,
    ...(channelOrder.paymentType !== null && { payment_type: channelOrder.paymentType }),
    ...(coupon !== '' && { coupon }),
    ...(channelOrder.vatMinor !== 0 && {
      vat: channelOrder.vatMinor === 'unknown' ? 'unknown' : decimalOf(channelOrder, channelOrder.vatMinor),
    }),
  };
}

function decimalOf(channelOrder: ChannelOrder, amountMinor: number): string {
  return toDecimal({ amountMinor, currency: channelOrder.price.currency });
}

export function toPayment(
  tx: PaymentTx,
  {
    provider,
    channelOrder,
    order,
    isHeld,
  }: { provider: ProviderName; channelOrder: ChannelOrder; order: Order; isHeld: boolean },
): Payment {
  const { amountMinor, currency } = channelOrder.price;
  const requested = { amount: toDecimal(channelOrder.price), asset: currency };
  return {
    ...blankPayment(tx, { order, provider, amountMinor, requested }),
    creation: 'confirmed',
    reference: channelOrder.reference,
    heldAt: isHeld ? tx.clock.now() : null,
    nextPollAt: null,
    createdAt: order.createdAt,
  };
}

export function toSnapshot(input: Omit<SaleRow, 'id'>): PaymentSnapshot {
  const { provider, channelOrder } = input;
  const { price, feeMinor } = channelOrder;
  const amount = toDecimal(price);
  const asset = price.currency;
  const hasFigures = feeMinor !== null && feeMinor <= price.amountMinor;
  return {
    provider,
    reference: channelOrder.reference,
    paymentId: null,
    trust: 'token',
    observedAt: input.now,
    state: 'confirmed',
    providerStatus: channelOrder.paymentType === null ? 'paid' : `paid by ${channelOrder.paymentType}`,
    requested: { amount, asset },
    settlement: { expected: amount, received: amount, asset },
    coin: null,
    label: null,
    isLate: false,
    isMarkedSettled: false,
    fees: hasFigures
      ? { fee: decimalOf(channelOrder, feeMinor), net: decimalOf(channelOrder, price.amountMinor - feeMinor), asset }
      : null,
    checkoutUrl: null,
    transactionIds: [],
    createdAt: channelOrder.soldAt,
    expiresAt: null,
  };
}
