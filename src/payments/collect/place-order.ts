// An order is written, with its payment and its idempotency key, before the provider is called; the call is made
// outside the transaction. A repeat with the same key finds the order and continues where the first request ended.
import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { day } from '#kernel/clock.ts';
import { ConcurrentChange, type Database } from '#kernel/database.ts';
import { asOrderId, type OrderId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { formatMoney } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Retention } from '#kernel/retention.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { Order, OrderItem, OrderOrigin } from '#orders/order.ts';
import type { OrderStores } from '#orders/order-store.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { loadOrderView, type OrderView } from '../lifecycle/order-view.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import { isMismatchedPayment, paymentOpenForMs } from '../model/payment.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import { chooseProvider, type NoProvider } from './choose-provider.ts';
import { insertNewPayment } from './new-payment.ts';
import type { PaymentRequested } from './request-payment.ts';
import { requestWithFailover } from './request-with-failover.ts';

/** A repeated request finds its order for this long. */
export const idempotencyRetention: Retention<OrderStores> = {
  name: 'idempotency keys',
  keptMs: 30 * day,
  prune: (stores, query) => stores.idempotency.prune(query),
};

export interface NewOrder {
  /** Null for an order whose sender does not repeat requests. */
  idempotencyKey: string | null;
  /** Hash of the request's bytes: the same key with another hash is refused. */
  bodyHash: string | null;
  origin: Exclude<OrderOrigin, 'provider'>;
  actor: Actor;
  items: OrderItem[];
  currency: string;
  customerEmail: string | null;
  customerName: string | null;
  provider: 'auto' | ProviderName;
  redirectUrl: string | null;
  metadata: Record<string, string>;
  reference: string | null;
  note: string | null;
}

type PaymentView = OrderView['payments'][number];

export type PlacedOrder =
  /** `payment`: the one that the order was answered with; of several, always the same one for the same key. */
  | { kind: 'placed'; order: OrderView; payment: PaymentView | null; isRepeat: boolean }
  | { kind: 'key_reused' }
  | { kind: 'in_progress' }
  | ({ kind: 'no_provider'; isTemporary: boolean } & NoProvider)
  | { kind: 'provider_failed'; order: OrderView; provider: ProviderName; isRejected: boolean; message: string };

export async function placeOrder(deps: SnapshotDeps, input: NewOrder): Promise<PlacedOrder> {
  const amountMinor = input.items.reduce((sum, item) => sum + item.unitAmountMinor * item.quantity, 0);
  assert(Number.isSafeInteger(amountMinor) && amountMinor > 0, 'an order total is a positive number of minor units');
  const choice = chooseProvider(deps.providers, {
    provider: input.provider,
    money: { amountMinor, currency: input.currency },
  });
  const cause: Cause = { kind: input.origin, id: input.actor.id, actor: input.actor };
  const written = await writeOrder(deps, { input, amountMinor, cause, first: firstOf(choice) });
  if (written.kind === 'key_reused') return written;
  if (written.kind === 'nothing') {
    assert(choice.kind === 'none', 'an order with a provider is always written');
    return { ...choice, kind: 'no_provider' };
  }
  const candidates = choice.kind === 'candidates' ? choice.candidates : [];
  const requested = await requestAny(deps, { orderId: written.orderId, candidates, cause });
  if (requested.kind === 'busy') return { kind: 'in_progress' };
  const order = await readView(deps, written.orderId);
  if (requested.kind === 'failed') {
    const { provider, isRejected, message } = requested;
    return { kind: 'provider_failed', order, provider, isRejected, message };
  }
  const payment = await answeredPayment(deps, { order, key: input.idempotencyKey });
  return { kind: 'placed', order, payment, isRepeat: written.isRepeat };
}

/**
 * The first payment with a link. A payment whose creation was not answered may get its link later, after another provider's
 * was given out, and a provider may move the end of its page: what a key was answered with is kept, so that its repeats say
 * the same.
 */
async function answeredPayment(
  deps: { database: Database<PaymentStores> },
  { order, key }: { order: OrderView; key: string | null },
): Promise<PaymentView | null> {
  const first = order.payments.find((payment) => payment.checkout_url !== null);
  if (first === undefined || key === null) return first ?? null;
  const answer = { paymentId: first.id, paymentExpiresAt: Date.parse(first.expires_at) };
  const kept = await deps.database.transaction(({ idempotency }) => idempotency.keepAnswer({ key, answer }));
  const payment = order.payments.find(({ id }) => id === kept.paymentId) ?? first;
  if (kept.paymentExpiresAt === null) return payment;
  return { ...payment, expires_at: new Date(kept.paymentExpiresAt).toISOString() };
}

type Written = { kind: 'written'; orderId: OrderId; isRepeat: boolean } | { kind: 'key_reused' } | { kind: 'nothing' };

function writeOrder(
  deps: TransactionDeps<PaymentStores>,
  draft: { input: NewOrder; amountMinor: number; cause: Cause; first: PaymentProvider | undefined },
): Promise<Written> {
  const { input } = draft;
  return inTransaction(deps, draft.cause, async (tx): Promise<Written> => {
    const known = input.idempotencyKey === null ? undefined : await tx.stores.idempotency.find(input.idempotencyKey);
    if (known !== undefined) {
      if (known.bodyHash !== input.bodyHash) return { kind: 'key_reused' };
      return { kind: 'written', orderId: known.orderId, isRepeat: true };
    }
    if (draft.first === undefined) return { kind: 'nothing' };
    const order = await insertNewOrder(tx, draft);
    if (input.idempotencyKey !== null) {
      const raced = await tx.stores.idempotency.reserve({
        key: input.idempotencyKey,
        bodyHash: input.bodyHash ?? '',
        orderId: order.id,
        createdAt: deps.clock.now(),
      });
      // Two processes may both have found no key; the unique index lets one of them win, and the other starts over.
      if (raced !== undefined) throw new ConcurrentChange(`the key of order ${raced.orderId} was taken meanwhile`);
    }
    await insertNewPayment(tx, { order, provider: draft.first });
    return { kind: 'written', orderId: order.id, isRepeat: false };
  });
}

async function insertNewOrder(tx: PaymentTx, draft: { input: NewOrder; amountMinor: number }): Promise<Order> {
  const { input, amountMinor } = draft;
  const now = tx.clock.now();
  const order: Order = {
    id: asOrderId(tx.ids.newId()),
    number: await tx.stores.orders.nextOrderNumber(),
    status: 'awaiting_payment',
    version: 1,
    currency: input.currency,
    amountMinor,
    items: input.items,
    reference: input.reference,
    customerEmail: input.customerEmail,
    customerName: input.customerName,
    redirectUrl: input.redirectUrl,
    metadata: input.metadata,
    origin: input.origin,
    note: input.note,
    attention: null,
    createdAt: now,
    updatedAt: now,
    expiresAt: now + paymentOpenForMs,
    paidAt: null,
    fulfilledAt: null,
  };
  await tx.stores.orders.insertOrder(order);
  await writeTimeline(tx, {
    order,
    paymentId: null,
    subject: 'order',
    from: null,
    to: 'awaiting_payment',
    trust: null,
    text: `order of ${formatMoney(order)} from the ${input.origin}`,
  });
  await recordAudit(tx, { action: 'order.place', subject: `order:${order.id}` });
  return order;
}

/** Continues what an earlier request for the order began; a payment that it already has is the answer. */
async function requestAny(
  deps: SnapshotDeps,
  input: { orderId: OrderId; candidates: readonly PaymentProvider[]; cause: Cause },
): Promise<PaymentRequested> {
  const payments = await deps.database.read((stores) => stores.payments.listPaymentsForOrder(input.orderId));
  if (payments.some((payment) => payment.creation === 'confirmed' && !isMismatchedPayment(payment))) {
    return { kind: 'created' };
  }
  const begun = payments.filter((payment) => payment.creation === 'requested');
  const requested = await requestWithFailover(deps, { ...input, begun });
  if (requested !== undefined) return requested;
  const refused = payments.at(-1);
  assert(refused !== undefined, `order ${input.orderId} was left without a payment`);
  return { kind: 'failed', provider: refused.provider, isRejected: true, message: refused.providerStatus ?? 'refused' };
}

function readView(deps: { database: Database<PaymentStores> }, orderId: OrderId): Promise<OrderView> {
  return deps.database.read(async (stores) => {
    const order = await stores.orders.findOrder(orderId);
    assert(order !== undefined, `order ${orderId} vanished`);
    return loadOrderView(stores, order);
  });
}

function firstOf(choice: ReturnType<typeof chooseProvider>): PaymentProvider | undefined {
  return choice.kind === 'candidates' ? choice.candidates[0] : undefined;
}
