// Records an order of a channel whose events are the only evidence. One transaction makes its order and its payment,
// applies its snapshot as to every other payment, and holds it for review where it does not fit the catalogue, the
// license keys or the thresholds. The same order from another webhook or an export is a duplicate.
import { createHash } from 'node:crypto';
import type { Product } from '#catalog/product.ts';
import { assert } from '#kernel/invariant.ts';
import { formatMoney } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import { applySnapshotInto } from '../lifecycle/apply-snapshot.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import type { Payment } from '../model/payment.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { ChannelOrder } from '../ports/sales-channel.ts';
import { toOrder, toPayment, toSnapshot } from './channel-order-rows.ts';
import { type ChannelEvidence, checkChannelOrder, type LicenseCheck, worthOf } from './check-channel-order.ts';
import { hasOwnCard, raiseTogether } from './raise-together.ts';
import { bookReturns } from './return-channel-order.ts';
import { readReviewThresholds, takeFromLimit } from './review-threshold.ts';

export interface ReceivedChannelOrder {
  provider: ProviderName;
  channelOrder: ChannelOrder;
  evidence: ChannelEvidence;
  /** Doubts that are known before the order is checked. */
  doubts: readonly string[];
  /** Whether it has a card of its own when it is held; one of a batch has not. */
  rings?: boolean;
  cause: Cause;
}

export type ChannelOrderRecorded =
  | { kind: 'recorded'; order: Order; heldBecause: readonly string[] }
  /** The order is recorded already. */
  | { kind: 'known'; payment: Payment };

export async function recordChannelOrder(
  deps: SnapshotDeps,
  input: ReceivedChannelOrder,
): Promise<ChannelOrderRecorded> {
  const { provider, channelOrder } = input;
  const recorded = await inTransaction(deps, input.cause, async (tx): Promise<ChannelOrderRecorded> => {
    const { reference } = channelOrder;
    const mark = await tx.stores.channelOrders.markSold({ provider, reference, at: deps.clock.now() });
    const known = await tx.stores.payments.findPaymentByReference({ provider, reference });
    if (known !== undefined) return { kind: 'known', payment: known };
    const products = await tx.stores.products.listProductsByChannelKey({
      channel: provider,
      keys: keysOf(channelOrder),
    });
    const value = worthOf({ channelOrder, products });
    const doubts = await doubtsOf(tx, { ...input, products });
    const limit = doubts.length > 0 ? null : await takeFromLimit(deps, { tx, provider, reference, value });
    const heldBecause = limit === null ? doubts : [limit];
    const isHeld = heldBecause.length > 0;
    const rings = isHeld && limit === null && (await ringsAlone(tx, input));
    const { order, payment } = await insertRows(tx, { provider, channelOrder, products, isHeld });
    const snapshot = toSnapshot({ provider, channelOrder, now: deps.clock.now() });
    const { returnsOddPayments = false } = deps.providers.find(provider)?.capabilities ?? {};
    const held = { why: heldBecause.join(' '), rings };
    await applySnapshotInto(tx, { order, payment, snapshot, returnsOddPayments, held });
    if (limit !== null) await raiseTogether(tx, { provider, what: 'limit', why: limit });
    if (mark.refunds.length > 0) await bookReturns({ tx, providers: deps.providers }, { payment, mark });
    const after = await tx.stores.orders.findOrder(order.id);
    assert(after !== undefined, `order ${order.id} vanished`);
    return { kind: 'recorded', order: after, heldBecause };
  });
  if (recorded.kind === 'recorded') {
    deps.onTransition?.({ from: 'created', to: 'paid' });
    const { id: orderId } = recorded.order;
    deps.log.info('channel order recorded', { provider, orderId, doubts: recorded.heldBecause.length });
  }
  return recorded;
}

function keysOf(channelOrder: ChannelOrder): string[] {
  return channelOrder.items.flatMap(({ productKey }) => (productKey === null ? [] : [productKey]));
}

async function doubtsOf(
  tx: PaymentTx,
  input: ReceivedChannelOrder & { products: readonly Product[] },
): Promise<string[]> {
  const { channelOrder, products } = input;
  const { limits } = await readReviewThresholds(tx.stores);
  const licenses: (LicenseCheck | undefined)[] = [];
  for (const [index, license] of input.evidence.licenses.entries()) {
    licenses.push(license?.kind === 'known' ? await claimLicense(tx, { ...input, index, license }) : license);
  }
  const { provider, evidence } = input;
  return [
    ...input.doubts,
    ...checkChannelOrder({ provider, channelOrder, products, limits, licenses, coupons: evidence.coupons }),
  ];
}

/** A held order beyond the first ones is shown on one card with the others. */
async function ringsAlone(tx: PaymentTx, { provider, rings }: ReceivedChannelOrder): Promise<boolean> {
  if (rings !== undefined) return rings;
  const isAlone = await hasOwnCard(tx, { provider, kind: 'payment_held' });
  if (!isAlone) await raiseTogether(tx, { provider, what: 'orders' });
  return isAlone;
}

/**
 * A license key is evidence for one order: whoever has seen that order knows its key, and could forge another one with
 * it.
 */
async function claimLicense(
  tx: PaymentTx,
  input: ReceivedChannelOrder & { index: number; license: LicenseCheck },
): Promise<LicenseCheck> {
  const { provider, channelOrder, license } = input;
  const keys = channelOrder.items.map(({ licenseKey }) => licenseKey);
  const key = keys[input.index] ?? '';
  if (keys.indexOf(key) < input.index) return { kind: 'twice' };
  const licenseHash = createHash('sha256').update(key).digest('base64url');
  const { reference } = channelOrder;
  const owner = await tx.stores.channelOrders.claimLicense({ licenseHash, provider, reference, at: tx.clock.now() });
  if (owner.reference === reference) return license;
  const payment = await tx.stores.payments.findPaymentByReference(owner);
  const order = payment && (await tx.stores.orders.findOrder(payment.orderId));
  return { kind: 'used', orderNumber: order === undefined ? 'another order' : formatOrderNumber(order.number) };
}

async function insertRows(
  tx: PaymentTx,
  input: { provider: ProviderName; channelOrder: ChannelOrder; products: readonly Product[]; isHeld: boolean },
): Promise<{ order: Order; payment: Payment }> {
  const { provider, channelOrder, isHeld } = input;
  const { stores, ids } = tx;
  const now = tx.clock.now();
  const order = toOrder({ ...input, id: ids.newId(), number: await stores.orders.nextOrderNumber(), now });
  await stores.orders.insertOrder(order);
  const title = providerTitle(provider);
  await writeTimeline(tx, {
    order,
    paymentId: null,
    subject: 'order',
    from: null,
    to: 'awaiting_payment',
    trust: 'token',
    text: `order of ${formatMoney(channelOrder.price)} on ${title}: reported by ${title}, token only`,
  });
  const payment = toPayment(tx, { provider, channelOrder, order, isHeld });
  await stores.payments.insertPayment(payment);
  return { order, payment };
}
