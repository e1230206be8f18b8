// Payments of a provider that lists nothing are asked for one by one, and there may be more of them than a run has time for.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentProvider, ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { createPaymentAsker } from '#payments/reconciliation/ask-each-payment.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { capabilities } from '#test/support/providers/capabilities.ts';
import { createTestDeps, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let asked: string[];
beforeEach(async () => {
  opened = await openTestDatabase();
  asked = [];
  deps = { ...createTestDeps(opened.database), providers: slowProvider() };
});
afterEach(() => opened.remove());

/** Each answer takes three minutes. */
function slowProvider(): ProviderRegistry {
  const never = (): never => {
    throw new Error('not asked for here');
  };
  const provider: PaymentProvider = {
    name: 'nowpayments',
    capabilities: capabilities({ canList: false }),
    refunds: null,
    fees: null,
    quote: never,
    createPayment: never,
    listPayments: never,
    cancelPayment: never,
    verifyWebhook: never,
    findCreatedPayment: never,
    probe: never,
    checkSetUp: never,
    fetchPayment(reference) {
      asked.push(reference);
      deps.clock.advance(3 * minute);
      const state = { state: 'expired', providerStatus: 'expired' } as const;
      return Promise.resolve(aSnapshot({ provider: 'nowpayments', reference, observedAt: deps.clock.now(), ...state }));
    },
  };
  return { list: () => [provider], find: () => provider, health: () => undefined };
}

test('a run that has no time for all of them is followed by one that goes on there', async () => {
  for (let made = 1; made <= 6; made += 1) {
    const reference = asProviderReference(`p${made}`);
    await placeTestOrder(deps, { provider: 'nowpayments', reference, creation: 'confirmed', status: 'expired' });
    deps.clock.advance(second);
  }
  const askEachPayment = createPaymentAsker(deps);
  const { signal } = new AbortController();
  const cause = { kind: 'reconciliation', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
  const run = async (): Promise<string[]> => {
    asked = [];
    await askEachPayment({ provider: 'nowpayments', cause, signal });
    return asked;
  };
  expect(await run()).toEqual(['p1', 'p2', 'p3', 'p4']);
  expect(await run()).toEqual(['p5', 'p6']);
  expect(await run()).toEqual(['p1', 'p2', 'p3', 'p4']);
});
