import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
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

const openExceptions = (): Promise<Case[]> => opened.database.read((stores) => listDecisions(stores));

const short = { expected: '49.00', received: '20.00', asset: 'USD' };

test('a short payment opens an exception beside its alert, and being paid ends both', async () => {
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: { state: 'expired', settlement: short, providerStatus: 'Expired' } });
  const { order } = await detailsOf(deps, paymentId);
  expect(await openExceptions()).toMatchObject([
    {
      key: `payment_underpaid:${order.id}`,
      kind: 'payment_underpaid',
      provider: 'btcpay',
      assigneeId: null,
      orderId: order.id,
      paymentId,
      openedAt: deps.clock.now(),
      facts: { headline: 'Payment underpaid', why: 'Expired' },
    },
  ]);
  deps.clock.advance(1_000);
  await showSnapshot(deps, { paymentId, shows: { state: 'confirmed', settlement: { ...short, received: '49.00' } } });
  expect(await openExceptions()).toEqual([]);
});

test('a problem that changes its kind is one case at a time', async () => {
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: { state: 'failed' } });
  expect((await openExceptions()).map(({ kind }) => kind)).toEqual(['payment_failed']);
  await showSnapshot(deps, { paymentId, shows: { state: 'expired', settlement: short } });
  expect((await openExceptions()).map(({ kind }) => kind)).toEqual(['payment_underpaid']);
});
