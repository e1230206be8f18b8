// Two processes that work on one order at the same moment. On SQLite one of them always comes first; here neither may
// overlook what the other does.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { createIds, type PaymentId } from '#kernel/ids.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { isOpenPayment } from '#payments/model/payment.ts';
import { requestRefund } from '#payments/refunds/request-refund.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import {
  openTestPostgres,
  startPostgres,
  type TestPostgres,
  type TestPostgresDatabase,
} from '#test/support/database/postgres.ts';
import { createFakeRefundProvider, withFakeRefunds } from '#test/support/fakes/refund-provider.ts';
import { createScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import {
  createTestDeps,
  detailsOf,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let server: TestPostgres;
let opened: TestPostgresDatabase;
let deps: TestDeps;
beforeAll(async () => {
  server = await startPostgres();
  opened = await openTestPostgres(server);
  const made = createTestDeps(opened.database);
  deps = { ...made, providers: createScriptedProviders(['btcpay'], made.clock) };
});
afterAll(async () => {
  await opened.remove();
  await server.stop();
});

const rounds = 25;
const actor = adminActor(42);

test('an order that is cancelled while it gets a new link has no link that nobody closes', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const paymentId = await placeTestOrder(deps, { status: 'failed', creation: 'refused' });
    const { order } = await detailsOf(deps, paymentId);
    await Promise.all([
      createPaymentLink(deps, { orderId: order.id, provider: 'auto', actor }),
      cancelOrder(deps, { orderId: order.id, actor, reason: null }),
    ]);
    const after = await detailsOf(deps, paymentId);
    expect(after.order.status).toBe('cancelled');
    const closing = await opened.database.transaction((stores) =>
      stores.outbox.claimDue({
        lane: 'provider',
        now: deps.clock.now(),
        lockedUntil: deps.clock.now() + 1,
        lockedBy: 'test',
        limit: 100,
        suspectedPoison: false,
      }),
    );
    const left = after.payments.filter(isOpenPayment).map((payment) => payment.id);
    expect(closing.map((message) => message.payload['paymentId'])).toEqual(left);
    deps.clock.advance(1_000);
  }
});

test('an order whose one payment is taken back while its other one is paid stays paid', async () => {
  const paid = { state: 'confirmed', providerStatus: 'Settled' } as const;
  for (let round = 0; round < rounds; round += 1) {
    const first = await placeTestOrder(deps);
    await showSnapshot(deps, { paymentId: first, shows: paid });
    const { order } = await detailsOf(deps, first);
    const second = createIds(deps).newId() as PaymentId;
    const times = { createdAt: deps.clock.now(), updatedAt: deps.clock.now() };
    await opened.database.transaction((stores) =>
      stores.payments.insertPayment(aPayment({ ...times, id: second, orderId: order.id, reference: null })),
    );
    await Promise.all([
      showSnapshot(deps, { paymentId: first, shows: { state: 'invalid', providerStatus: 'Invalid' } }),
      showSnapshot(deps, { paymentId: second, shows: paid }),
    ]);
    expect((await detailsOf(deps, first)).order.status).toBe('paid');
  }
});

test('an order that several people refund at once gives back no more than came', async () => {
  const refundProvider = createFakeRefundProvider(deps.clock, { startsAs: 'succeeded' });
  const paying = { ...deps, providers: withFakeRefunds(deps.providers, 'btcpay', refundProvider) };
  for (let round = 0; round < rounds; round += 1) {
    const paymentId = await placeTestOrder(deps);
    const settlement = { expected: '49.00', received: '49.00', asset: 'USD' };
    await showSnapshot(deps, { paymentId, shows: { state: 'confirmed', providerStatus: 'Settled', settlement } });
    const amount = { amountMinor: 3000, currency: 'USD' };
    const asked = await Promise.allSettled(
      Array.from({ length: 4 }, () => requestRefund(paying, { paymentId, amount, reason: 'Bought twice', actor })),
    );
    const made = asked.filter((result) => result.status === 'fulfilled' && result.value.kind === 'requested');
    expect(made).toHaveLength(1);
    const refunds = await opened.database.read((stores) => stores.refunds.listRefundsForPayment(paymentId));
    expect(refunds).toHaveLength(1);
  }
});
