import { afterEach, beforeEach, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentProvider } from '#payments/payment-provider.ts';
import { createReconciler } from '#payments/reconcile-provider.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { createTestDeps, detailsOf, placeTestOrder, type TestDeps } from '#test/support/payment-looks.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/scripted-providers.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
let provider: PaymentProvider;
beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['btcpay'], made.clock);
  const scripted = providers.find('btcpay');
  if (scripted === undefined) throw new Error('btcpay is not on');
  provider = { ...scripted, capabilities: { ...scripted.capabilities, canList: true } };
  deps = { ...made, providers: { ...providers, find: () => provider } };
});
afterEach(() => opened.remove());

const cause = { kind: 'reconciliation', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
const compare = () => createReconciler(deps)({ provider: 'btcpay', startedBy: 'test', cause });

test('a payment that cannot be read stays open, and those behind it are healed all the same', async () => {
  await placeTestOrder(deps, { reference: asProviderReference('broken') });
  const lost = await placeTestOrder(deps, { reference: asProviderReference('lost') });
  deps.clock.advance(10 * minute);
  for (const reference of ['broken', 'lost'])
    providers.shows(reference, { state: 'confirmed', providerStatus: 'Settled' });
  const listed = [
    await provider.fetchPayment(asProviderReference('broken')),
    await provider.fetchPayment(asProviderReference('lost')),
  ];
  provider = {
    ...provider,
    async *listPayments() {
      yield listed;
    },
  };
  providers.shows('broken', { requested: { amount: 'a lot', asset: 'USD' } });
  expect(await compare()).toMatchObject({ kind: 'finished', run: { comparedCount: 2, healedCount: 1, openCount: 1 } });
  expect((await detailsOf(deps, lost)).order.status).toBe('paid');
});

test('a comparison that breaks off is kept as failed, and not as running for ever', async () => {
  provider = {
    ...provider,
    // biome-ignore lint/correctness/useYield: the list breaks before its first page.
    async *listPayments() {
      throw new TypeError('a fault of our own');
    },
  };
  await expect(compare()).rejects.toThrow('a fault of our own');
  const runs = await opened.database.read((stores) => stores.reconciliation.listRuns({ limit: 9 }));
  expect(runs).toMatchObject([{ status: 'failed', error: 'TypeError' }]);
});
