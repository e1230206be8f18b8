// What happens to one order, told in the order in which it happens: each line changes the rows as the product would have, with
// the entry of the timeline and the webhook that it rests on.
import type { AuditRecord } from '#access/access-store.ts';
import type { Case } from '#cases/case.ts';
import type { Actor } from '#kernel/actor.ts';
import { hour, type Milliseconds } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { CauseKind } from '#kernel/transaction-context.ts';
import type { Order, OrderOrigin, OrderStatus } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import { type Payment, type PaymentStatus, paymentOpenForMs } from '#payments/model/payment.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { Stream } from '#test/simulation/engine/random.ts';
import type { NewId } from './ids.ts';
import { newPayment, receive, wordsOf } from './payment-rows.ts';
import { type Buyer, drawCurrency, drawItems, drawReference } from './people.ts';

export interface Story {
  order: Order;
  payments: Payment[];
  refunds: Refund[];
  timeline: TimelineEntry[];
  cases: Case[];
  audit: AuditRecord[];
  /** Webhooks that came. */
  events: { id: string; at: Milliseconds; type: string; payment: Payment }[];
}

export interface Deps {
  chance: Stream;
  newId: NewId;
}

export interface Telling extends Deps {
  story: Story;
  now: Milliseconds;
}

export function beginTelling(
  deps: Deps,
  about: { number: number; at: Milliseconds; origin: OrderOrigin; buyer: Buyer | null },
): Telling {
  const { chance, newId } = deps;
  const { number, at, origin, buyer } = about;
  const items = drawItems(chance);
  const order: Order = {
    id: asOrderId(newId(at)),
    number,
    status: 'awaiting_payment',
    version: 1,
    currency: drawCurrency(chance),
    amountMinor: items.reduce((sum, { quantity, unitAmountMinor }) => sum + quantity * unitAmountMinor, 0),
    items,
    reference: origin === 'store' ? drawReference(chance, number) : null,
    customerEmail: buyer?.email ?? null,
    customerName: buyer?.name ?? null,
    redirectUrl: origin === 'store' ? 'https://shop.example/thanks' : null,
    metadata: {},
    origin,
    note: origin === 'admin' ? `asked for in the chat, ${number}` : null,
    attention: null,
    createdAt: at,
    updatedAt: at,
    expiresAt: at + paymentOpenForMs,
    paidAt: null,
    fulfilledAt: null,
  };
  const story: Story = { order, payments: [], refunds: [], timeline: [], cases: [], audit: [], events: [] };
  const telling = { ...deps, story, now: at };
  addEntry(telling, { subject: 'order', from: null, to: order.status, by: shop, text: 'The order was placed.' });
  return telling;
}

const shop: By = { kind: 'store', id: 'store', actor: { kind: 'store', id: 'store' } };
const admin: By = { kind: 'admin', id: '42', actor: { kind: 'admin', id: '42' } };
const job = (id: string): By => ({ kind: 'job', id, actor: { kind: 'job', id } });

interface By {
  kind: CauseKind;
  id: string;
  actor: Actor;
}

export function pass(telling: Telling, maxMs: Milliseconds): void {
  telling.now += 1 + telling.chance.int(maxMs);
}

function addEntry(
  telling: Telling,
  entry: {
    subject: TimelineEntry['subject'];
    from: string | null;
    to: string | null;
    by: By;
    text: string;
    payment?: Payment;
  },
): void {
  const { story, newId, now } = telling;
  const { by, payment } = entry;
  story.timeline.push({
    id: newId(now),
    orderId: story.order.id,
    paymentId: payment?.id ?? null,
    at: now,
    subject: entry.subject,
    fromStatus: entry.from,
    toStatus: entry.to,
    causeKind: by.kind,
    causeId: by.id,
    actorKind: by.actor.kind,
    actorId: by.actor.id,
    trust: by.kind === 'webhook' ? (payment?.trust ?? null) : null,
    text: entry.text,
  });
}

export function openPayment(telling: Telling, provider: ProviderName, amountMinor: number): Payment {
  const { story, now } = telling;
  const payment = newPayment({ order: story.order, provider, amountMinor, at: now }, telling);
  story.payments.push(payment);
  addEntry(telling, {
    subject: 'payment',
    from: null,
    to: 'created',
    by: shop,
    text: 'A payment link was made.',
    payment,
  });
  story.order.expiresAt = payment.expiresAt;
  return payment;
}

/** A webhook came, the provider was asked, and the payment changed. */
export function hear(telling: Telling, payment: Payment, to: PaymentStatus, share?: number): void {
  const { story, newId, now, chance } = telling;
  const event = { id: newId(now), at: now, type: `invoice_${to}`, payment };
  const by: By = { kind: 'webhook', id: event.id, actor: { kind: 'provider', id: payment.provider } };
  story.events.push(event);
  const from = payment.status;
  const text = `${payment.provider} says ${wordsOf[to]}.`;
  if (share !== undefined) receive(payment, { share, at: now, chance });
  payment.status = to;
  payment.version += 1;
  payment.providerStatus = wordsOf[to];
  payment.evidenceAt = now;
  payment.updatedAt = now;
  payment.nextPollAt = to === 'pending' ? now + hour / 4 : null;
  if (to === 'paid' || to === 'overpaid') payment.paidAt = now;
  addEntry(telling, { subject: 'payment', from, to, by, text, payment });
}

export function moveOrder(
  telling: Telling,
  to: OrderStatus,
  text: string,
  who: 'provider' | 'admin' | 'shop' | 'job' = 'provider',
): void {
  const { story, now } = telling;
  const { order } = story;
  const last = story.events.at(-1);
  const byLast: By =
    last === undefined
      ? job('expire-orders')
      : { kind: 'webhook', id: last.id, actor: { kind: 'provider', id: last.payment.provider } };
  const by = { provider: byLast, admin, shop, job: job('expire-orders') }[who];
  addEntry(telling, { subject: 'order', from: order.status, to, by, text });
  order.status = to;
  order.version += 1;
  order.updatedAt = now;
  order.attention = to === 'needs_attention' ? text : null;
  if (to === 'paid') order.paidAt ??= now;
  if (to === 'fulfilled') order.fulfilledAt ??= now;
}

export function recordAction(telling: Telling, action: string, reason: string): void {
  const { story, newId, now } = telling;
  const subject = `order:${story.order.id}`;
  story.audit.push({
    id: newId(now),
    at: now,
    actorKind: 'admin',
    actorId: '42',
    action,
    subject,
    reason,
    details: {},
  });
}
