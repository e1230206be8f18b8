import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PaymentException } from '#payments/exceptions/exception.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import {
  createTestDeps,
  detailsOf,
  lookAt,
  placeTestOrder,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;

beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
});
afterEach(() => opened.remove());

const openExceptions = (): Promise<PaymentException[]> =>
  opened.database.read((stores) => stores.exceptions.listOpenExceptions({ kinds: null, after: null, limit: 10 }));

const short = { expected: '49.00', received: '20.00', asset: 'USD' };

test('a short payment opens an exception beside its alert, and being paid ends both', async () => {
  const paymentId = await placeTestOrder(deps);
  await lookAt(deps, { paymentId, shows: { state: 'expired', settlement: short, providerStatus: 'Expired' } });
  const { order } = await detailsOf(deps, paymentId);
  expect(await openExceptions()).toMatchObject([
    {
      key: `payment_underpaid:${order.id}`,
      kind: 'payment_underpaid',
      provider: 'btcpay',
      ownerId: null,
      orderId: order.id,
      paymentId,
      openedAt: deps.clock.now(),
      facts: { summary: 'Payment came short', why: 'Expired' },
    },
  ]);
  deps.clock.advance(1_000);
  await lookAt(deps, { paymentId, shows: { state: 'confirmed', settlement: { ...short, received: '49.00' } } });
  expect(await openExceptions()).toEqual([]);
});

test('a trouble that changes its kind is one exception at a time', async () => {
  const paymentId = await placeTestOrder(deps);
  await lookAt(deps, { paymentId, shows: { state: 'failed' } });
  expect((await openExceptions()).map(({ kind }) => kind)).toEqual(['payment_failed']);
  await lookAt(deps, { paymentId, shows: { state: 'expired', settlement: short } });
  expect((await openExceptions()).map(({ kind }) => kind)).toEqual(['payment_underpaid']);
});
