import { describe, expect, test } from 'vitest';
import { ConcurrentChange } from '#kernel/database.ts';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ReconciliationFinding, ReconciliationRun } from '#payments/model/reconciliation.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleOrder, samplePayment } from './samples.ts';

const order = sampleOrder(1);
const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

function numbered(number: number, change: Partial<Payment> = {}): Payment {
  const id = `payment-${number}`;
  return samplePayment(order, { id: asPaymentId(id), reference: asProviderReference(`invoice-${number}`), ...change });
}

async function insertAll(stores: PaymentStores, payments: readonly Payment[]): Promise<void> {
  await stores.orders.insertOrder(order);
  for (const payment of payments) await stores.payments.insertPayment(payment);
}

export function describePayments(open: OpenContractDatabase): void {
  describe('payments', () => {
    test('come back as they were stored, by id, by reference and by order', async () => {
      await using opened = await open();
      const full = numbered(1, {
        createdAt: noon + 5,
        expectedAmount: '0.00053',
        receivedAmount: '0.00020',
        receivedAsset: 'BTC',
        transactionIds: ['tx-1', 'tx-2'],
        trust: 'fetched',
        evidenceAt: noon,
        paidAt: noon,
        lockedUntil: noon,
        lockedBy: 'me',
        providerStatus: 'Expired / PaidPartial',
      });
      const bare = numbered(2, { reference: null, checkoutUrl: null, nextPollAt: null, creation: 'requested' });
      await opened.database.transaction((stores) => insertAll(stores, [full, bare]));
      await opened.database.read(async ({ payments }) => {
        expect(await payments.findPayment(full.id)).toEqual(full);
        expect(await payments.findPayment(asPaymentId('nobody'))).toBeUndefined();
        const reference = asProviderReference('invoice-1');
        expect(await payments.findPaymentByReference({ provider: 'btcpay', reference })).toEqual(full);
        expect(await payments.findPaymentByReference({ provider: 'bitpay', reference })).toBeUndefined();
        expect(await payments.listPaymentsForOrder(order.id)).toEqual([bare, full]);
        expect(await payments.listPaymentsBeside(full.id)).toEqual([bare, full]);
        expect(await payments.listPaymentsBeside(asPaymentId('nobody'))).toEqual([]);
      });
    });

    test('share no reference within one provider, but any number may have none yet', async () => {
      await using opened = await open();
      const { database } = opened;
      const reference = asProviderReference('same');
      const nameless = [numbered(1, { reference: null }), numbered(2, { reference: null })];
      const apart = [numbered(3, { reference }), numbered(4, { reference, provider: 'bitpay' })];
      await database.transaction((stores) => insertAll(stores, [...nameless, ...apart]));
      const twin = numbered(5, { reference });
      await expect(database.transaction((stores) => stores.payments.insertPayment(twin))).rejects.toThrow(/unique/i);
    });

    test('change only what is named, from the status and version that were expected', async () => {
      await using opened = await open();
      const payment = numbered(1, { transactionIds: ['tx-1', 'tx-2'] });
      await opened.database.transaction(async (stores) => {
        await insertAll(stores, [payment]);
        const { payments } = stores;
        const { id } = payment;
        const change = { status: 'paid', transactionIds: ['tx-2', 'tx-3'], nextPollAt: null, updatedAt: noon } as const;
        const to = { ...change, transactionIds: [...change.transactionIds] };
        await expect(payments.changePayment({ ...payment, status: 'paid' }, to)).rejects.toThrow(ConcurrentChange);
        await expect(payments.changePayment({ ...payment, version: 0 }, to)).rejects.toThrow(ConcurrentChange);
        expect(await payments.tryChangePayment({ ...payment, version: 0 }, to)).toBeUndefined();
        expect(await payments.searchPayments({ text: 'tx-1', limit: 5 })).toHaveLength(1);
        const changed = await payments.changePayment(payment, to);
        expect(changed).toEqual({ ...payment, ...change, version: 2 });
        expect(await payments.findPayment(id)).toEqual(changed);
        expect(await payments.searchPayments({ text: 'tx-1', limit: 5 })).toEqual([]);
        expect(await payments.searchPayments({ text: 'tx-3', limit: 5 })).toHaveLength(1);
        const bare = { updatedAt: noon + 1, trust: undefined };
        const again = await payments.tryChangePayment(changed, bare);
        expect(again).toEqual({ ...changed, version: 3, updatedAt: noon + 1 });
        expect(await payments.findPayment(id)).toEqual(again);
      });
    });

    test('are leased to one worker at a time', async () => {
      await using opened = await open();
      const { database } = opened;
      const payment = numbered(1);
      const { id } = payment;
      await database.transaction((stores) => insertAll(stores, [payment]));
      const leases = await Promise.all(
        ['a', 'b', 'c', 'd'].map((by) =>
          database.transaction((stores) => stores.payments.leasePayment({ id, by, now: noon, until: noon + 10 })),
        ),
      );
      expect(leases.filter(Boolean)).toHaveLength(1);
      await database.transaction(async ({ payments }) => {
        const holder = (await payments.findPayment(id))?.lockedBy ?? '';
        await payments.releasePayment({ id, by: 'somebody else' });
        expect(await payments.leasePayment({ id, by: 'late', now: noon + 9, until: noon + 99 })).toBeUndefined();
        expect(await payments.leasePayment({ id, by: 'late', now: noon + 10, until: noon + 99 })).toMatchObject({
          id,
          lockedBy: 'late',
        });
        await payments.releasePayment({ id, by: holder });
        expect(await payments.findPayment(id)).toMatchObject({ lockedBy: 'late', lockedUntil: noon + 99, version: 1 });
        await payments.releasePayment({ id, by: 'late' });
        expect(await payments.findPayment(id)).toEqual(payment);
        await payments.leasePayment({ id, by: 'a process that dies', now: noon, until: noon + 99 });
        expect(await payments.releaseAllPayments()).toBe(1);
        expect(await payments.releaseAllPayments()).toBe(0);
        await payments.leasePayment({ id, by: 'dead:1', now: noon, until: noon + 99 });
        expect(await payments.listPaymentLeases()).toEqual(['dead:1']);
        expect(await payments.endPaymentLeases(['dead:2'])).toBe(0);
        expect(await payments.endPaymentLeases(['dead:2', 'dead:1'])).toBe(1);
        expect(await payments.listPaymentLeases()).toEqual([]);
        expect(await payments.findPayment(id)).toEqual(payment);
      });
    });

    test('are polled when their time has come and nobody works on them, most overdue first', async () => {
      await using opened = await open();
      const stored = [
        numbered(1, { nextPollAt: noon }),
        numbered(2, { nextPollAt: noon - 5, creation: 'requested', reference: null }),
        numbered(3, { nextPollAt: noon + 1 }),
        numbered(4, { nextPollAt: null }),
        numbered(5, { nextPollAt: noon - 9, lockedUntil: noon + 1, lockedBy: 'a' }),
        numbered(6, { nextPollAt: noon - 1, provider: 'coinbase', lockedUntil: noon - 1, lockedBy: 'b' }),
      ];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async ({ payments }) => {
        const due = await payments.listPaymentsToPoll({ now: noon, except: [], limit: 9 });
        expect(idsOf(due)).toEqual(['payment-2', 'payment-6', 'payment-1']);
        expect(await payments.listPaymentsToPoll({ now: noon, except: [], limit: 1 })).toHaveLength(1);
        const except = ['btcpay', 'bitpay'] as const;
        expect(idsOf(await payments.listPaymentsToPoll({ now: noon, except, limit: 9 }))).toEqual(['payment-6']);
      });
      await opened.database.transaction(async ({ payments }) => {
        await payments.hastenPolls({ latest: noon });
        const due = await payments.listPaymentsToPoll({ now: noon, except: [], limit: 9 });
        expect(idsOf(due)).toEqual(['payment-2', 'payment-6', 'payment-1', 'payment-3']);
      });
    });

    test('of one provider are walked through a window of time, oldest first', async () => {
      await using opened = await open();
      const stored = [
        numbered(1, { createdAt: noon - 1 }),
        numbered(2, { createdAt: noon }),
        numbered(3, { createdAt: noon }),
        numbered(4, { createdAt: noon, provider: 'coinbase' }),
        numbered(5, { createdAt: noon + 9 }),
        numbered(6, { createdAt: noon + 10 }),
      ];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async ({ payments }) => {
        const window = { provider: 'btcpay', from: noon, to: noon + 10 } as const;
        const first = await payments.listPaymentsMadeBetween({ ...window, after: null, limit: 2 });
        expect(idsOf(first)).toEqual(['payment-2', 'payment-3']);
        const after = { createdAt: noon, id: 'payment-3' };
        expect(idsOf(await payments.listPaymentsMadeBetween({ ...window, after, limit: 2 }))).toEqual(['payment-5']);
        expect(await payments.findMadeAfter({ ...window, skipped: 2 })).toBe(noon + 9);
        expect(await payments.findMadeAfter({ ...window, skipped: 3 })).toBeUndefined();
      });
    });

    test('are found by their exact id, reference or transaction id, and open ones are counted', async () => {
      await using opened = await open();
      const stored = [
        numbered(1, { createdAt: noon, transactionIds: ['shared'] }),
        numbered(2, { createdAt: noon + 1, transactionIds: ['shared', '0xabc'], status: 'paid' }),
        numbered(3, { provider: 'coinbase' }),
        numbered(4, { status: 'pending' }),
        numbered(5, { status: 'failed' }),
      ];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async ({ payments }) => {
        const find = async (text: string): Promise<string[]> =>
          idsOf(await payments.searchPayments({ text, limit: 9 }));
        expect(await find('shared')).toEqual(['payment-2', 'payment-1']);
        expect(await find('invoice-3')).toEqual(['payment-3']);
        expect(await find('payment-1')).toEqual(['payment-1']);
        expect(await find('0xab')).toEqual([]);
        const open = ['btcpay', 'coinbase', 'bitpay'] as const;
        const counts = open.map(async (provider) => payments.countOpenPayments(provider));
        expect(await Promise.all(counts)).toEqual([2, 1, 0]);
      });
    });
  });

  describe('a reconciliation run', () => {
    const run: ReconciliationRun = {
      id: 'run-1',
      provider: 'btcpay',
      status: 'running',
      windowFrom: noon - 100,
      windowTo: noon,
      startedAt: noon,
      finishedAt: null,
      takenUpAt: null,
      startedBy: 'reconcile',
      comparedCount: 0,
      matchedCount: 0,
      healedCount: 0,
      openCount: 0,
      error: null,
    };
    const finding: ReconciliationFinding = {
      id: 'finding-1',
      runId: run.id,
      kind: 'status',
      provider: 'btcpay',
      reference: asProviderReference('invoice-1'),
      paymentId: null,
      here: 'created',
      there: 'Settled',
      isHealed: true,
      createdAt: noon,
    };

    test('is kept with its findings, and changes only while it is running', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ reconciliation }) => {
        await reconciliation.insertRun(run);
        await reconciliation.insertRun({ ...run, id: 'run-2', startedAt: noon + 1 });
        const finished = { ...run, status: 'finished', finishedAt: noon + 5, comparedCount: 3, openCount: 1 } as const;
        expect(await reconciliation.changeRun({ ...run, comparedCount: 2 })).toBe(true);
        expect(await reconciliation.changeRun(finished)).toBe(true);
        expect(await reconciliation.changeRun(run)).toBe(false);
        expect(await reconciliation.findRun('run-1')).toEqual(finished);
        expect(await reconciliation.findRun('run-9')).toBeUndefined();
        expect(idsOf(await reconciliation.listRuns({ limit: 5 }))).toEqual(['run-2', 'run-1']);
        const open = { ...finding, id: 'finding-0', isHealed: false, createdAt: noon + 1 };
        await reconciliation.insertFinding(open);
        await reconciliation.insertFinding(finding);
        expect(await reconciliation.listFindings({ runId: 'run-1', limit: 5 })).toEqual([finding, open]);
        expect(await reconciliation.listFindings({ runId: 'run-1', limit: 1 })).toEqual([finding]);
        expect(await reconciliation.listFindings({ runId: 'run-2', limit: 5 })).toEqual([]);
      });
    });

    test('are pruned with their findings, oldest first, and no more of each than asked for', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ reconciliation }) => {
        for (const startedAt of [noon, noon + 1, noon + 2]) {
          const id = `run-${startedAt - noon}`;
          await reconciliation.insertRun({ ...run, id, startedAt });
          for (const which of ['a', 'b'])
            await reconciliation.insertFinding({ ...finding, id: `${id}${which}`, runId: id });
        }
        // Two findings of the oldest run, then the run itself, which has none any more.
        expect(await reconciliation.prune({ before: noon + 2, limit: 2 })).toBe(3);
        expect(idsOf(await reconciliation.listRuns({ limit: 5 }))).toEqual(['run-2', 'run-1']);
        expect(await reconciliation.prune({ before: noon + 2, limit: 1 })).toBe(1);
        expect(idsOf(await reconciliation.listRuns({ limit: 5 }))).toEqual(['run-2', 'run-1']);
        expect(await reconciliation.prune({ before: noon + 2, limit: 9 })).toBe(2);
        expect(await reconciliation.prune({ before: noon + 2, limit: 9 })).toBe(0);
        expect(idsOf(await reconciliation.listRuns({ limit: 5 }))).toEqual(['run-2']);
        expect(await reconciliation.listFindings({ runId: 'run-2', limit: 5 })).toHaveLength(2);
      });
    });

    test('that are half are kept one a provider, and a failed run is taken up by one process, without what it had found', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ reconciliation }) => {
        const half = { provider: 'btcpay', runId: 'run-1', storedAt: noon, doneTo: noon - 50 } as const;
        expect(await reconciliation.findHalf('btcpay')).toBeUndefined();
        await reconciliation.saveHalf({ ...half, content: { compared: 1 } });
        await reconciliation.saveHalf({ ...half, doneTo: noon - 40, content: { compared: 2, alone: ['é'] } });
        await reconciliation.saveHalf({ ...half, provider: 'bitpay', content: {} });
        expect(await reconciliation.findHalf('btcpay')).toEqual({
          ...half,
          doneTo: noon - 40,
          content: { compared: 2, alone: ['é'] },
        });
        await reconciliation.dropHalf('btcpay');
        expect(await reconciliation.findHalf('btcpay')).toBeUndefined();
        expect(await reconciliation.findHalf('bitpay')).toMatchObject({ provider: 'bitpay' });

        await reconciliation.insertRun(run);
        await reconciliation.insertFinding({ ...finding, runId: run.id });
        expect(await reconciliation.takeUpRun({ id: run.id, at: noon + 9 })).toBe(false);
        await reconciliation.changeRun({ ...run, status: 'failed', finishedAt: noon, error: 'the process ended' });
        expect(await reconciliation.takeUpRun({ id: run.id, at: noon + 9 })).toBe(true);
        expect(await reconciliation.takeUpRun({ id: run.id, at: noon + 9 })).toBe(false);
        expect(await reconciliation.findRun(run.id)).toEqual({ ...run, takenUpAt: noon + 9 });
        expect(await reconciliation.listFindings({ runId: run.id, limit: 9 })).toEqual([]);
        const end = { at: noon + 60, error: 'the process ended' };
        expect(await reconciliation.failRunningRuns({ ...end, startedBefore: noon + 9 })).toBe(0);
        expect(await reconciliation.failRunningRuns({ ...end, startedBefore: noon + 10 })).toBe(1);
      });
    });

    test('that are left running are ended, those before a time or all of them', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ reconciliation }) => {
        await reconciliation.insertRun({ ...run, id: 'over', status: 'finished', startedAt: noon });
        for (const startedAt of [noon, noon + 5, noon + 9]) {
          await reconciliation.insertRun({ ...run, id: `run-${startedAt - noon}`, startedAt });
        }
        const end = { at: noon + 60, error: 'the process ended' };
        const failed = { status: 'failed', finishedAt: noon + 60, error: 'the process ended' };
        expect(await reconciliation.failRunningRuns({ ...end, startedBefore: noon + 5 })).toBe(1);
        expect(await reconciliation.findRun('run-0')).toMatchObject(failed);
        expect(await reconciliation.findRun('run-5')).toMatchObject({ status: 'running', error: null });
        expect(await reconciliation.failRunningRuns({ ...end, startedBefore: null })).toBe(2);
        expect(await reconciliation.findRun('run-9')).toMatchObject(failed);
        expect(await reconciliation.findRun('over')).toMatchObject({ status: 'finished' });
      });
    });
  });
}
