import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { day, hour, minute } from '#kernel/clock.ts';
import { asPaymentId } from '#kernel/ids.ts';
import { pruneAll } from '#kernel/retention.ts';
import { inboxRetention, outboxRetention } from '#messaging/queues/retention.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, detailsOf, placeTestOrder, showSnapshot } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.remove());

const bitcoin = (received: string) => ({ expected: '0.00053', received, asset: 'BTC' });

async function alertsOf(orderId: string): Promise<string[]> {
  const all = await opened.database.read((stores) => listAlerts(stores, ['open', 'resolved']));
  const own = all.filter((alert: Case) => alert.orderId === orderId);
  return own.map((alert) => `${alert.kind} ${alert.status}: ${alert.outcome ?? alert.facts.detail}`).reverse();
}

test('one payment has one case at a time: a late payment resolves the alert that it expired', async () => {
  const deps = createTestDeps(opened.database);
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: { state: 'expired', providerStatus: 'Expired' } });
  deps.clock.advance(minute);
  const late = { state: 'expired', providerStatus: 'Expired / PaidLate', isLate: true } as const;
  await showSnapshot(deps, { paymentId, shows: { ...late, settlement: bitcoin('0.00053') } });
  const { order, payment } = await detailsOf(deps, paymentId);
  expect([order.status, payment.status]).toEqual(['needs_attention', 'paid_late']);
  expect(await alertsOf(order.id)).toEqual([
    'payment_expired resolved: The payment is paid late now.',
    'payment_paid_late open: 0.00053 BTC of 0.00053 BTC received',
  ]);
});

test('a reversal that is undone resolves its alert and leaves the order paid, announced once', async () => {
  const deps = createTestDeps(opened.database);
  const paymentId = await placeTestOrder(deps);
  const paid = { state: 'confirmed', providerStatus: 'Settled', settlement: bitcoin('0.00053') } as const;
  await showSnapshot(deps, { paymentId, shows: paid });
  deps.clock.advance(minute);
  await showSnapshot(deps, { paymentId, shows: { ...paid, state: 'invalid', providerStatus: 'Invalid' } });
  expect((await detailsOf(deps, paymentId)).order).toMatchObject({ status: 'needs_attention' });
  deps.clock.advance(minute);
  await showSnapshot(deps, { paymentId, shows: paid });
  const { order, timeline } = await detailsOf(deps, paymentId);
  expect(order).toMatchObject({ status: 'paid', attention: null });
  expect(await alertsOf(order.id)).toEqual(['payment_reversed resolved: The order is paid.']);
  const changes = timeline.filter((entry) => entry.subject === 'payment').map((entry) => entry.toStatus);
  expect(changes).toEqual(['paid', 'reversed', 'paid']);
});

test('the shortfall is shown in the unit that the provider settles in', async () => {
  const deps = createTestDeps(opened.database);
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: { state: 'expired', settlement: bitcoin('0.0003') } });
  const { order } = await detailsOf(deps, paymentId);
  expect(await alertsOf(order.id)).toEqual([
    'payment_underpaid open: 0.00030 BTC of 0.00053 BTC received, 0.00023 BTC is missing',
  ]);
});

test.each([
  [
    'late',
    { state: 'expired', isLate: true, settlement: bitcoin('0.00053') },
    /: 0.00053 BTC of 0.00053 BTC received$/,
  ],
  ['short', { state: 'expired', settlement: bitcoin('0.0003') }, /: 0.00030 BTC of 0.00053 BTC received/],
  ['too much', { state: 'confirmed', settlement: bitcoin('0.0006') }, /0.00007 BTC overpaid$/],
] as const)(
  'money that comes %s for an order that is paid already rings once, as a second payment',
  async (_name, shows, detail) => {
    const deps = createTestDeps(opened.database);
    const paymentId = await placeTestOrder(deps);
    const { order } = await detailsOf(deps, paymentId);
    const second = asPaymentId(deps.ids.newId());
    await opened.database.transaction((stores) =>
      stores.payments.insertPayment(aPayment({ id: second, orderId: order.id, reference: null })),
    );
    await showSnapshot(deps, { paymentId, shows: { state: 'confirmed', settlement: bitcoin('0.00053') } });
    await showSnapshot(deps, { paymentId: second, shows });
    expect((await detailsOf(deps, paymentId)).order.status).toBe('paid');
    const alerts = await alertsOf(order.id);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatch(/^payment_duplicate open: /);
    expect(alerts[0]).toMatch(detail);
  },
);

test('a payment becomes paid also after the clock was set back', async () => {
  const deps = createTestDeps(opened.database);
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: {} });
  deps.clock.set(-hour);
  await showSnapshot(deps, { paymentId, shows: { state: 'confirmed', settlement: bitcoin('0.00053') } });
  const { order, payment } = await detailsOf(deps, paymentId);
  expect([order.status, payment.status, payment.evidenceAt]).toEqual(['paid', 'paid', deps.clock.now()]);
});

test('an order that was announced paid is not announced again when that message is long forgotten', async () => {
  const deps = createTestDeps(opened.database);
  const paymentId = await placeTestOrder(deps);
  const paid = { state: 'confirmed', settlement: bitcoin('0.00053') } as const;
  await showSnapshot(deps, { paymentId, shows: paid });
  const { order } = await detailsOf(deps, paymentId);
  const announced = async (): Promise<string[]> => {
    const now = deps.clock.now();
    const claim = {
      lane: 'shop',
      now,
      lockedUntil: now + minute,
      lockedBy: 'test',
      limit: 100,
      suspectedPoison: false,
    };
    return opened.database.transaction(async (stores) => {
      const own = (await stores.outbox.claimDue(claim)).filter(({ payload }) =>
        JSON.stringify(payload).includes(order.id),
      );
      for (const { id } of own)
        await stores.outbox.markProcessed({ ids: [id], lockedBy: 'test', at: now, outcome: 'sent' });
      return own.map((message) => String(message.payload['type']));
    });
  };
  expect(await announced()).toEqual(['order.paid']);
  deps.clock.advance(outboxRetention.keptMs + day);
  await pruneAll(deps, { retentions: [inboxRetention, outboxRetention] });
  await showSnapshot(deps, { paymentId, shows: { ...paid, state: 'invalid' } });
  deps.clock.advance(minute);
  await showSnapshot(deps, { paymentId, shows: paid });
  expect((await detailsOf(deps, paymentId)).order.status).toBe('paid');
  expect((await announced()).sort()).toEqual(['order.needs_attention', 'payment.restored', 'payment.reversed']);
});
