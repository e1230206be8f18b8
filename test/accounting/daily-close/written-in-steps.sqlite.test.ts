import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDueDays } from '#accounting/daily-close/close-due-days.ts';
import { readEntry } from '#accounting/ledger/chain.ts';
import { verifyLedger } from '#accounting/ledger/verify-ledger.ts';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import { sampleOrder, samplePayment } from '#test/db/contract/samples.ts';
import { capabilities } from '#test/support/providers/capabilities.ts';
import { type AccountingKit, openAccountingKit } from '#test/support/scenario-kits/accounting-kit.ts';
import type { TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

const count = 600;

let kit: AccountingKit;
beforeEach(async () => {
  kit = await openAccountingKit();
  kit.book('btcpay').capabilities = capabilities({ canList: false });
  kit.setClock('2026-11-20T12:00:00Z');
  const at = kit.deps.clock.now();
  await kit.deps.database.transaction(async (stores) => {
    for (let number = 1; number <= count; number += 1) {
      const order = sampleOrder(number, { createdAt: at, updatedAt: at });
      await stores.orders.insertOrder(order);
      const reference = asProviderReference(`r-${number}`);
      const payment = samplePayment(order, { id: asPaymentId(`p-${number}`), provider: 'btcpay', reference });
      await stores.payments.insertPayment({ ...payment, createdAt: at, updatedAt: at });
    }
  });
  kit.setClock('2026-11-21T05:00:00Z');
});
afterEach(() => kit.opened.remove());

type Transaction = TestDeps['database']['transaction'];

const close = (database: TestDeps['database']) =>
  closeDueDays({ ...kit.deps, database }, { timeZone: 'UTC', daysMax: 1 });

/** The same database, for a process of which something is asked before each step that writes. */
function withEachStep(step: (number: number) => Promise<void> | void): TestDeps['database'] {
  let steps = 0;
  const transaction: Transaction = async (work) => {
    steps += 1;
    await step(steps);
    return kit.deps.database.transaction(work);
  };
  return { ...kit.deps.database, transaction };
}

async function entriesOf(number: number) {
  const query = { number, after: null, limit: 10 * count };
  return (await kit.deps.database.read(({ ledger }) => ledger.listEntries(query))).map(readEntry);
}

async function expectClosedOnce(): Promise<void> {
  expect(await kit.closings()).toMatchObject([{ content: { number: 1, entries: { count } } }]);
  expect(await entriesOf(1)).toHaveLength(count);
  expect(await verifyLedger(kit.deps)).toMatchObject({ kind: 'whole' });
}

describe('a closing', () => {
  test('whose process dies after any number of steps is no closing, and the next run writes it whole', async () => {
    let isClosed = false;
    for (let survived = 0; !isClosed; survived += 1) {
      const dying = withEachStep((step) => {
        if (step > survived) throw new Error('the process is gone');
      });
      isClosed = await close(dying).then(
        ({ closed }) => closed === 1,
        () => false,
      );
      expect(survived).toBeLessThan(12);
      expect(await kit.closings()).toHaveLength(isClosed ? 1 : 0);
    }
    await expectClosedOnce();
  });

  test('that dies while it reads is begun anew', async () => {
    const dying = { ...kit.deps.database, readOneMoment: () => Promise.reject(new Error('the process is gone')) };
    await expect(close(dying)).rejects.toThrow('the process is gone');
    expect(await close(kit.deps.database)).toMatchObject({ closed: 1 });
    await expectClosedOnce();
  });

  test('is written by the run that began it last, and by one only, at whichever step the other stands still', async () => {
    const [standing, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = close(
      withEachStep(async (step) => {
        if (step !== 3) return;
        standing.resolve();
        await goOn.promise;
      }),
    );
    await standing.promise;
    const second = withEachStep(async (step) => {
      if (step !== 3) return;
      goOn.resolve();
      expect(await first).toMatchObject({ closed: 0 });
    });
    expect(await close(second)).toMatchObject({ closed: 1 });
    await expectClosedOnce();
  });

  test('is of one moment: what changes while it is written is a correction of the next one', async () => {
    const [begun, changed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow: TestDeps['database'] = {
      ...kit.deps.database,
      readOneMoment: (work) =>
        kit.deps.database.readOneMoment(async (stores) => {
          begun.resolve();
          await changed.promise;
          return work(stores);
        }),
    };
    const closing = close(slow);
    await begun.promise;
    await kit.deps.database.transaction(async ({ payments }) => {
      const payment = await payments.findPayment(asPaymentId('p-7'));
      if (payment === undefined) throw new Error('it vanished');
      await payments.changePayment(payment, { status: 'expired', updatedAt: kit.deps.clock.now() });
    });
    changed.resolve();
    expect(await closing).toMatchObject({ closed: 1 });
    await expectClosedOnce();
    expect((await entriesOf(1)).find(({ paymentId }) => paymentId === 'p-7')).toMatchObject({ status: 'created' });
    kit.setClock('2026-11-22T05:00:00Z');
    expect(await close(kit.deps.database)).toMatchObject({ closed: 1 });
    const { corrections } = await kit.contentOf('2026-11-21');
    expect(corrections.list).toMatchObject([
      { paymentId: 'p-7', changes: [{ field: 'status', was: 'created', is: 'expired' }, {}] },
    ]);
  });
});
