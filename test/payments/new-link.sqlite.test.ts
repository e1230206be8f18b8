// A new link for an order: when there is one already, when the order had run out, and when the provider asks for the wrong sum.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import type { OrderId } from '#kernel/ids.ts';
import { createPaymentLink, type PaymentLink } from '#payments/create-payment-link.ts';
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
