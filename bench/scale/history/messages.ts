// What lies in the queues within their retention: webhooks, events for the shop, cards, and the requests of the shop that are
// remembered. Nearly all of it is done.
import { createHash } from 'node:crypto';
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { inboxRetention, outboxRetention } from '#messaging/queues/retention.ts';
import { type Topic, topics } from '#messaging/queues/topics.ts';
import { idempotencyRetention } from '#payments/collect/place-order.ts';
import { viewOrder } from '#payments/lifecycle/order-view.ts';
import type { NewId } from './ids.ts';
import { endsAt } from './period.ts';
import type { Write } from './rows.ts';
import type { ToldStory } from './stories.ts';

/** One in so many is given up on: a shop's site that was gone for long. */
const givenUpEvery = 2_000;

export function createMessages(write: Write, newId: NewId): (story: ToldStory) => void {
  let sent = 0;

  function send(
    topic: Topic,
    message: { key: string; payload: JsonObject; at: Milliseconds } & Partial<Pick<OutboxMessage, 'subject' | 'turn'>>,
  ): void {
    const { key, payload, at, subject = null, turn = null } = message;
    if (at < endsAt - outboxRetention.keptMs) return;
    sent += 1;
    const isGivenUp = sent % givenUpEvery === 0;
    const { lane, priority } = topics[topic];
    const end = isGivenUp
      ? { processedAt: null, abandonedAt: at + second, lastError: '503 from the shop', outcome: null }
      : { processedAt: at + second, abandonedAt: null, lastError: null, outcome: 'sent' };
    // What was sent is kept without its order.
    const { order, ...rest } = payload;
    const kept = { payload: isGivenUp ? payload : rest, subject, turn };
    write('outboxMessages', { id: newId(at), key, topic, lane, priority, ...kept, ...done(at), ...end });
  }

  return (story) => {
    const { order } = story;
    for (const event of story.events) writeEvent(write, event);
    if (order.origin === 'store' && order.createdAt >= endsAt - idempotencyRetention.keptMs) {
      const key = `checkout-${order.reference}`;
      const bodyHash = createHash('sha256').update(key).digest('hex');
      const [payment] = story.payments;
      const about = { orderId: order.id, paymentId: payment?.id ?? null, paymentExpiresAt: payment?.expiresAt ?? null };
      write('idempotentRequests', { key, bodyHash, ...about, createdAt: order.createdAt });
    }
    if (order.updatedAt < endsAt - outboxRetention.keptMs) return;
    const view = viewOrder({ ...story, cases: story.cases });
    for (const { subject, toStatus, at } of story.timeline) {
      if (subject !== 'order' || toStatus === 'awaiting_payment') continue;
      const type = `order.${toStatus}`;
      const key = `${type}:${order.id}:${at}`;
      const payload = { webhookId: key, type, timestamp: new Date(at).toISOString(), order: view };
      const inTurn = { subject: `order:${order.id}`, turn: order.version };
      send('shop.event', { key: `shop.event:${key}`, payload, at, ...inTurn });
    }
    for (const { id, openedAt } of story.cases) {
      send('alert.card', { key: `alert.card:${id}:1`, payload: { caseId: id, version: 1 }, at: openedAt });
      send('order.card', { key: `order.card:${id}`, payload: { orderId: order.id }, at: openedAt });
    }
  };
}

function writeEvent(write: Write, event: ToldStory['events'][number]): void {
  const { id, at, type, payment } = event;
  if (at < endsAt - inboxRetention.keptMs) return;
  const reference = payment.reference ?? '';
  const body = JSON.stringify({
    deliveryId: id,
    type,
    timestamp: at,
    storeId: 'EDXzEnUJCPQn5f6HMhNcpwzKcHGpWHxYqJjBC6GZGzyx',
    invoiceId: reference,
    metadata: { orderId: payment.orderId, paymentId: payment.id, itemDesc: 'what was bought'.repeat(12) },
    amount: payment.requestedAmount,
    currency: payment.requestedAsset,
    payments: payment.transactionIds.map((hash) => ({
      hash,
      destination: `bc1q${hash.slice(0, 38)}`,
      value: payment.coinReceived,
    })),
  });
  write('inboxEvents', {
    id,
    source: payment.provider,
    eventKey: id,
    eventType: type,
    reference,
    detail: null,
    trust: payment.provider === 'payhip' ? 'token' : 'signed',
    body: Buffer.from(body),
    headers: { 'btcpay-sig': `sha256=${createHash('sha256').update(id).digest('hex')}` },
    ...done(at),
    processedAt: at + 40,
    abandonedAt: null,
    lastError: null,
    outcome: 'applied',
  });
}

const done = (at: Milliseconds) => ({
  receivedAt: at,
  availableAt: at,
  lockedUntil: null,
  lockedBy: null,
  startedAttempts: 1,
  finishedAttempts: 1,
});
