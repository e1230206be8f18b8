import { afterEach, beforeEach, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { endLostReconciliations } from '#payments/reconciliation/reconciliation-runs.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, detailsOf, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

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

test('a payment that cannot be fetched stays open, and those after it are updated all the same', async () => {
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

test('a reconciliation that breaks off is recorded as failed, and not as running for ever', async () => {
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

test('a run of a crashed process is ended at the next start, an old one also beside other processes', async () => {
  let begun = Promise.withResolvers<void>();
  provider = {
    ...provider,
    async *listPayments() {
      begun.resolve();
      await new Promise<never>(() => undefined);
    },
  };
  void compare();
  await begun.promise;
  const runs = () => opened.database.read((stores) => stores.reconciliation.listRuns({ limit: 9 }));
  deps.clock.advance(10 * minute);
  expect(await endLostReconciliations(deps, { isAlone: false })).toEqual({ ended: 0 });
  expect(await runs()).toMatchObject([{ status: 'running' }]);
  deps.clock.advance(hour);
  expect(await endLostReconciliations(deps, { isAlone: false })).toEqual({ ended: 1 });
  expect(await runs()).toMatchObject([{ status: 'failed', error: 'the process ended', finishedAt: deps.clock.now() }]);
  begun = Promise.withResolvers();
  void compare();
  await begun.promise;
  expect(await endLostReconciliations(deps, { isAlone: true })).toEqual({ ended: 1 });
});

function list(snapshots: readonly PaymentSnapshot[]): void {
  provider = {
    ...provider,
    async *listPayments() {
      yield [...snapshots];
    },
  };
}

test('differences beyond the findings that are kept are updated and counted all the same, and the alert says so', async () => {
  const lost = await placeTestOrder(deps, { reference: asProviderReference('lost') });
  providers.shows('lost', { state: 'confirmed', providerStatus: 'Settled' });
  const unmatched = Array.from({ length: 501 }, (_, index) =>
    aSnapshot({ reference: asProviderReference(`s-${index}`) }),
  );
  list([...unmatched, await provider.fetchPayment(asProviderReference('lost'))]);
  deps.clock.advance(10 * minute);
  const result = await compare();
  expect(result).toMatchObject({
    kind: 'finished',
    run: { comparedCount: 502, matchedCount: 0, healedCount: 1, openCount: 501 },
  });
  expect(result.kind === 'finished' && result.findings).toHaveLength(500);
  expect((await detailsOf(deps, lost)).order.status).toBe('paid');
  const alert = await opened.database.read((stores) => stores.cases.findLiveCase('reconciliation:btcpay'));
  expect(alert?.facts.detail).toBe('501 differences are open; the run keeps the first 500 that it found');
});

test('updating ends after ten minutes: differences that are left stay open until the next run', async () => {
  const late = await placeTestOrder(deps, { reference: asProviderReference('first') });
  await placeTestOrder(deps, { reference: asProviderReference('second') });
  deps.clock.advance(10 * minute);
  const looks: PaymentSnapshot[] = [];
  for (const reference of ['first', 'second']) {
    providers.shows(reference, { state: 'confirmed', providerStatus: 'Settled' });
    looks.push(await provider.fetchPayment(asProviderReference(reference)));
  }
  list(looks);
  const { fetchPayment } = provider;
  provider = {
    ...provider,
    fetchPayment(reference) {
      deps.clock.advance(11 * minute);
      return fetchPayment(reference);
    },
  };
  expect(await compare()).toMatchObject({ kind: 'finished', run: { matchedCount: 0, healedCount: 1, openCount: 1 } });
  expect((await detailsOf(deps, late)).order.status).toBe('paid');
  expect(await compare()).toMatchObject({ kind: 'finished', run: { matchedCount: 1, healedCount: 1, openCount: 0 } });
});

test('all differences of a run are one alert, of its own kind and of its provider, which a run without any ends', async () => {
  const listed = ['stranger-1', 'stranger-2'].map((reference) =>
    aSnapshot({ reference: asProviderReference(reference), createdAt: deps.clock.now() }),
  );
  provider = {
    ...provider,
    async *listPayments() {
      yield listed;
    },
  };
  deps.clock.advance(hour);
  await compare();
  await compare();
  const alerts = () => opened.database.read((stores) => listAlerts(stores));
  expect(await alerts()).toMatchObject([
    {
      key: 'reconciliation:btcpay',
      kind: 'reconciliation',
      severity: 'warning',
      status: 'open',
      provider: 'btcpay',
      occurrences: 1,
      facts: { detail: '2 differences are open' },
    },
  ]);
  listed.length = 0;
  await compare();
  expect(await alerts()).toMatchObject([{ kind: 'reconciliation', status: 'resolved' }]);
});

test('many cases are opened and ended some at a time, so that no transaction keeps others waiting', async () => {
  const many = 130;
  const perTransaction: number[] = [];
  const { database } = deps;
  deps.database = {
    ...database,
    transaction: (work) =>
      database.transaction((stores) => {
        let changed = 0;
        const counted = <Input extends unknown[], Result>(verb: (...input: Input) => Promise<Result>) => {
          return (...input: Input): Promise<Result> => {
            changed += 1;
            return verb(...input);
          };
        };
        const { insertCase, changeCase } = stores.cases;
        const cases = { ...stores.cases, insertCase: counted(insertCase), changeCase: counted(changeCase) };
        return work({ ...stores, cases }).finally(() => perTransaction.push(changed));
      }),
  };
  const live = () => opened.database.read((stores) => stores.cases.countLiveCases());
  const count = async () => (await live()).reduce((sum, one) => sum + one.count, 0);
  list(Array.from({ length: many }, (_, index) => aSnapshot({ reference: asProviderReference(`s-${index}`) })));
  deps.clock.advance(10 * minute);
  await compare();
  expect(await count()).toBe(many + 1);
  list([]);
  await compare();
  expect(await count()).toBe(0);
  expect(perTransaction.reduce((sum, changed) => sum + changed, 0)).toBe(2 * (many + 1));
  expect(Math.max(...perTransaction)).toBeLessThanOrEqual(50);
});
