import { afterEach, beforeEach, expect, test } from 'vitest';
import { day } from '#kernel/clock.ts';
import { expireOrders } from '#payments/collect/expire-orders.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import {
  createTestDeps,
  detailsOf,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
});
afterEach(() => opened.remove());

test('an order of which nothing was received says so when it expires', async () => {
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: { state: 'failed', providerStatus: 'Invalid' } });
  deps.clock.advance(day);
  expect(await expireOrders(deps, { limit: 9 })).toEqual({ expired: 1 });
  const { order, timeline } = await detailsOf(deps, paymentId);
  expect(order.status).toBe('expired');
  expect(timeline.map(({ text }) => text)).toContain('no payment was received in time');
});

test('an order of which a part was received says that the rest did not come', async () => {
  const paymentId = await placeTestOrder(deps, { amountMinor: 2000, requestedAmount: '20.00' });
  const money = { expected: '20.00', received: '20.00', asset: 'USD' };
  const requested = { amount: '20.00', asset: 'USD' };
  await showSnapshot(deps, { paymentId, shows: { state: 'confirmed', requested, settlement: money } });
  // An admin has asked for the rest.
  const { order } = await detailsOf(deps, paymentId);
  await opened.database.transaction((stores) =>
    stores.orders.changeOrder(order, { status: 'awaiting_payment', updatedAt: deps.clock.now() }),
  );
  deps.clock.advance(day);
  await expireOrders(deps, { limit: 9 });
  const { timeline } = await detailsOf(deps, paymentId);
  const texts = timeline.map(({ text }) => text);
  expect(texts).toContain('the rest was not received in time');
  expect(texts).not.toContain('no payment was received in time');
});
