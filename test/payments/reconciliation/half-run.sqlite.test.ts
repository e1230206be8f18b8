import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { ListedPayment } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { reconcileAll } from '#payments/reconciliation/reconcile-all.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { endLostReconciliations } from '#payments/reconciliation/reconciliation-runs.ts';
import { sampleOrder, samplePayment } from '#test/db/contract/samples.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, unreachable } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

/** Three parts: a part has 2,000 payments. */
const count = 5_000;
const everyMs: Milliseconds = (8 * day) / count;

let opened: TestDatabase;
let deps: TestDeps;
/** What the provider lists, by when it was made there. */
let there: ListedPayment[];
/** Where the parts begin that were asked for. */
let asked: Milliseconds[];
/** How the list ends whose number this is, from one. */
let ends: { at: number; how(signal: AbortSignal | undefined): Promise<never> } | undefined;
let beganAt: Milliseconds;

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  beganAt = made.clock.now();
  const oldest = beganAt - 8 * day;
  [there, asked, ends] = [[], [], undefined];
  await opened.database.transaction(async (stores) => {
    for (let number = 1; number <= count; number += 1) {
      const createdAt = oldest + (number - 1) * everyMs;
      const order = sampleOrder(number, { createdAt });
      const reference = asProviderReference(`r-${number}`);
      const payment = samplePayment(order, { id: asPaymentId(`p-${number}`), reference, createdAt });
      await stores.orders.insertOrder(order);
      await stores.payments.insertPayment(payment);
      const requested = { amount: payment.requestedAmount, asset: payment.requestedAsset };
      there.push(aSnapshot({ reference, paymentId: payment.id, requested, createdAt, providerStatus: 'New' }));
    }
  });
  const scripted = createScriptedProviders(['btcpay'], made.clock);
  const btcpay = scripted.find('btcpay');
  if (btcpay === undefined) throw new Error('btcpay is not on');
  const provider: PaymentProvider = {
    ...btcpay,
    capabilities: { ...btcpay.capabilities, canList: true },
    async *listPayments({ from, to }, signal) {
      asked.push(from);
      if (asked.length === ends?.at) await ends.how(signal);
      yield there.filter(({ createdAt }) => createdAt !== null && createdAt >= from && createdAt < to);
    },
  };
  deps = { ...made, providers: { ...scripted, list: () => [provider], find: () => provider } };
});
afterEach(() => opened.remove());

const cause = { kind: 'reconciliation', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
const compare = (signal?: AbortSignal) =>
  createReconciler(deps)({ provider: 'btcpay', startedBy: 'test', cause, ...(signal && { signal }) });
const runs = () => opened.database.read((stores) => stores.reconciliation.listRuns({ limit: 9 }));

/** A run whose process ends while the provider is asked for the `at`th time. */
async function dieWhileAsking(at: number): Promise<void> {
  const reached = Promise.withResolvers<void>();
  ends = {
    at,
    how() {
      reached.resolve();
      return new Promise<never>(() => undefined);
    },
  };
  void compare();
  await reached.promise;
  ends = undefined;
}

/** A run whose process ends while it asks for its last part. */
async function dieInLastPart(): Promise<void> {
  await dieWhileAsking(3);
  expect(await endLostReconciliations(deps, { isAlone: true })).toEqual({ ended: 1 });
  expect(asked.splice(0)).toHaveLength(3);
}

/** One that the provider does not have, one that nobody here made, and one that it made on another day than we did. */
function makeDifferent(): void {
  const entry = (number: number) => there.find(({ reference }) => reference === `r-${number}`);
  const [missing, moved] = [entry(10), entry(20)];
  if (missing === undefined || moved === undefined) throw new Error('they are listed');
  missing.createdAt = null;
  moved.createdAt = beganAt - hour;
  there.push(aSnapshot({ reference: asProviderReference('strange'), createdAt: beganAt - 7 * day }));
}

describe('a run whose process ended', () => {
  test('is taken up where it was, and finds what one of the whole window finds', async () => {
    makeDifferent();
    await dieInLastPart();
    const [lost] = await runs();
    expect(lost).toMatchObject({ status: 'failed', error: 'the process ended' });
    deps.clock.advance(hour);
    const result = await compare();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThan(beganAt - 3 * day);
    const counts = { comparedCount: count + 1, matchedCount: count - 1, healedCount: 0, openCount: 2 };
    const run = { ...counts, id: lost?.id, status: 'finished', takenUpAt: deps.clock.now(), windowTo: beganAt };
    expect(result).toMatchObject({ kind: 'finished', run, findings: [{}, {}] });
    expect(await runs()).toMatchObject([run]);
    asked.length = 0;
    const whole = await compare();
    expect(asked).toHaveLength(3);
    expect(whole).toMatchObject({ kind: 'finished', run: { ...counts, takenUpAt: null, windowTo: deps.clock.now() } });
  });

  test('is taken up again after it has ended once more, and by the job, which then compares what has come since', async () => {
    await dieInLastPart();
    await dieWhileAsking(1);
    deps.clock.advance(10 * minute);
    expect(await endLostReconciliations(deps, { isAlone: true })).toEqual({ ended: 1 });
    const job = { ...deps, reconcile: createReconciler(deps), askEachPayment: () => Promise.reject(new Error('no')) };
    expect(await reconcileAll(job, AbortSignal.any([]))).toMatchObject({ finished: 2, compared: 2 * count, open: 0 });
    expect((await runs()).map(({ takenUpAt, windowTo }) => [takenUpAt, windowTo])).toEqual([
      [null, deps.clock.now()],
      [deps.clock.now(), beganAt],
    ]);
  });

  test('is given up after three hours, and where somebody needs what has come up to now', async () => {
    await dieInLastPart();
    const since = beganAt - hour;
    const upToNow = await createReconciler(deps)({ provider: 'btcpay', startedBy: 'test', cause, since });
    expect(upToNow).toMatchObject({ kind: 'finished', run: { takenUpAt: null } });
    asked.length = 0;
    await dieInLastPart();
    deps.clock.advance(3 * hour + 1);
    expect(await compare()).toMatchObject({ kind: 'finished', run: { takenUpAt: null, comparedCount: count } });
    expect(asked).toHaveLength(3);
  });
});

describe('a run that ended by itself', () => {
  test('because its provider did not answer is begun anew', async () => {
    ends = { at: 3, how: () => Promise.reject(unreachable('btcpay')) };
    expect(await compare()).toMatchObject({ kind: 'failed' });
    ends = undefined;
    asked.length = 0;
    expect(await compare()).toMatchObject({ kind: 'finished', run: { takenUpAt: null } });
    expect(asked).toHaveLength(3);
  });

  test('because it was told to stop is taken up', async () => {
    const stop = new AbortController();
    ends = {
      at: 3,
      how() {
        stop.abort();
        return Promise.reject(unreachable('btcpay'));
      },
    };
    expect(await compare(stop.signal)).toMatchObject({ kind: 'failed' });
    ends = undefined;
    asked.length = 0;
    expect(await compare()).toMatchObject({ kind: 'finished', run: { takenUpAt: beganAt, comparedCount: count } });
    expect(asked).toHaveLength(1);
  });
});
