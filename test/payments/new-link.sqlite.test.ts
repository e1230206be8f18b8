// A new link for an order: when there is one already, when the order had run out, and when the provider asks for the wrong sum.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { hour, minute } from '#kernel/clock.ts';
import { asProviderReference, type OrderId } from '#kernel/ids.ts';
import { createPaymentLink, type PaymentLink } from '#payments/create-payment-link.ts';
import { expireOrders } from '#payments/expire-orders.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { createTestDeps, detailsOf, lookAt, placeTestOrder, type TestDeps } from '#test/support/payment-looks.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/scripted-providers.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['btcpay'], made.clock);
  deps = { ...made, providers };
});
afterEach(() => opened.remove());

const admin = adminActor(42);
const newLink = (orderId: OrderId): Promise<PaymentLink> =>
  createPaymentLink(deps, { orderId, provider: 'auto', actor: admin });

test('asking for a new link is recorded also when the open one is the answer', async () => {
  const paymentId = await placeTestOrder(deps);
  await lookAt(deps, { paymentId, shows: {} });
  const { order } = await detailsOf(deps, paymentId);
  expect(await newLink(order.id)).toMatchObject({ kind: 'created', payment: { id: paymentId } });
  const audit = await opened.database.read((stores) =>
    stores.audit.listAudit({ subject: `order:${order.id}`, limit: 9 }),
  );
  expect(audit).toMatchObject([
    { action: 'order.new_link', actorId: admin.id, details: { paymentId, isExisting: true } },
  ]);
});

async function announced(type: string): Promise<{ webhookId: string; expiresAt: string }[]> {
  const now = deps.clock.now();
  const claim = { lane: 'shop', now, lockedUntil: now + minute, lockedBy: 'test', limit: 100, suspects: false };
  const messages = await opened.database.transaction((stores) => stores.outbox.claimDue(claim));
  return messages
    .filter(({ payload }) => payload['type'] === type)
    .map(({ payload }) => {
      const { expires_at: expiresAt } = payload['order'] as { expires_at: string };
      return { webhookId: String(payload['webhookId']), expiresAt };
    });
}

test('an order that is opened again gets a time of its own, and its second expiry is a new fact', async () => {
  const first = await placeTestOrder(deps);
  const { order } = await detailsOf(deps, first);
  deps.clock.advance(2 * hour);
  await lookAt(deps, { paymentId: first, shows: { state: 'expired' } });
  const link = await newLink(order.id);
  if (link.kind !== 'created') throw new Error(`no link: ${link.kind}`);
  const reopenedUntil = deps.clock.now() + hour;
  expect((await detailsOf(deps, first)).order).toMatchObject({ status: 'awaiting_payment', expiresAt: reopenedUntil });
  expect(link.order.expires_at).toBe(new Date(reopenedUntil).toISOString());

  deps.clock.advance(2 * hour);
  const closed = { state: 'expired', reference: asProviderReference('btcpay-1') } as const;
  await lookAt(deps, { paymentId: link.payment.id, shows: closed });
  // Another look, and the job that ends orders, find nothing new.
  await lookAt(deps, { paymentId: link.payment.id, shows: closed });
  await expireOrders(deps, { limit: 9 });
  const facts = await announced('order.expired');
  expect(facts.map(({ expiresAt }) => Date.parse(expiresAt))).toEqual([order.expiresAt, reopenedUntil]);
  expect(new Set(facts.map(({ webhookId }) => webhookId)).size).toBe(2);
});
