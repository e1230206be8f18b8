// Pure: the rows that an order of a channel becomes here, and the snapshot of its payment.

import type { Product } from '#catalog/product.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { toDecimal } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Order, OrderItem } from '#orders/order.ts';
import { blankPayment } from '../lifecycle/new-payment.ts';
import { type Payment, paymentOpenForMs } from '../model/payment.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { ChannelOrder } from '../ports/sales-channel.ts';
import { productOf } from './check-channel-order.ts';

interface SaleRow {
  provider: ProviderName;
  sale: ChannelOrder;
  id: string;
  now: Milliseconds;
}

export function toOrder(input: SaleRow & { number: number; products: readonly Product[] }): Order {
  const { sale, now } = input;
  return {
    id: asOrderId(input.id),
    number: input.number,
    status: 'awaiting_payment',
    version: 1,
    ...sale.price,
    items: itemsOf(sale, input.products),
    reference: sale.reference,
    customerEmail: sale.customerEmail,
    customerName: null,
    redirectUrl: null,
    metadata: metadataOf(input.provider, sale),
    origin: 'provider',
    note: null,
    attention: null,
    // On the day of the order, of which an export may tell much later; and a clock there may be ahead of ours.
    createdAt: Math.min(sale.soldAt ?? now, now),
    updatedAt: now,
    expiresAt: now + paymentOpenForMs,
    paidAt: null,
    fulfilledAt: null,
  };
}

/** What a single item cost is not told: the catalogue's price stands there, or all of it for the only one. */
function itemsOf(sale: ChannelOrder, products: readonly Product[]): OrderItem[] {
  return sale.items.map((item) => {
    const product = productOf(item, products);
    const quantity = Math.max(item.quantity ?? 1, 1);
    const { amountMinor } = sale.price;
    const isAlone = sale.items.length === 1 && amountMinor % quantity === 0;
    return {
      sku: product?.sku ?? item.productKey,
      name: product?.name ?? item.name,
      quantity,
      unitAmountMinor: product?.amountMinor ?? (isAlone ? amountMinor / quantity : 0),
    };
  });
}

function metadataOf(provider: ProviderName, sale: ChannelOrder): Record<string, string> {
  const coupon = sale.coupons.map(({ code }) => code).join(', ');
  return {
    channel: provider,
    ...(sale.paymentType !== null && { payment_type: sale.paymentType }),
    ...(coupon !== '' && { coupon }),
    ...(sale.vatMinor !== 0 && { vat: sale.vatMinor === 'unknown' ? 'unknown' : decimalOf(sale, sale.vatMinor) }),
  };
}

function decimalOf(sale: ChannelOrder, amountMinor: number): string {
  return toDecimal({ amountMinor, currency: sale.price.currency });
}

export function toPayment(
  tx: PaymentTx,
  { provider, sale, order, isHeld }: { provider: ProviderName; sale: ChannelOrder; order: Order; isHeld: boolean },
): Payment {
  const { amountMinor, currency } = sale.price;
  const requested = { amount: toDecimal(sale.price), asset: currency };
  return {
    ...blankPayment(tx, { order, provider, amountMinor, requested }),
    creation: 'confirmed',
    reference: sale.reference,
    heldAt: isHeld ? tx.clock.now() : null,
    nextPollAt: null,
    createdAt: order.createdAt,
  };
}

export function toSnapshot(input: Omit<SaleRow, 'id'>): PaymentSnapshot {
  const { provider, sale } = input;
  const { price, feeMinor } = sale;
  const amount = toDecimal(price);
  const asset = price.currency;
  const hasFigures = feeMinor !== null && feeMinor <= price.amountMinor;
  return {
    provider,
    reference: sale.reference,
    paymentId: null,
    trust: 'token',
    observedAt: input.now,
    state: 'confirmed',
    providerStatus: sale.paymentType === null ? 'paid' : `paid by ${sale.paymentType}`,
    requested: { amount, asset },
    settlement: { expected: amount, received: amount, asset },
    coin: null,
    label: null,
    isLate: false,
    isMarkedByHand: false,
    fees: hasFigures
      ? { fee: decimalOf(sale, feeMinor), net: decimalOf(sale, price.amountMinor - feeMinor), asset }
      : null,
    checkoutUrl: null,
    transactionIds: [],
    createdAt: sale.soldAt,
    expiresAt: null,
  };
}
