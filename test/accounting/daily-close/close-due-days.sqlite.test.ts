import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { sampleCase } from '#test/db/contract/cases.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import {
  type AccountingKit,
  expired,
  openAccountingKit,
  paid,
  short,
} from '#test/support/scenario-kits/accounting-kit.ts';

let kit: AccountingKit;
beforeEach(async () => {
  kit = await openAccountingKit();
});
afterEach(() => kit.opened.remove());

const sum = (count: number, amount: string) => ({ count, amount });
const unmatched = aSnapshot({
  ...paid,
  reference: asProviderReference('strange'),
  createdAt: Date.parse('2026-11-20T12:00:00Z'),
});

describe('a day', () => {
  test('is closed four hours after its midnight, with both sides counted and summed', async () => {
    const [a, b, c] = [
      await kit.order('2026-11-20T09:00:00Z'),
      await kit.order('2026-11-20T10:00:00Z', { amount: '0.50' }),
      await kit.order('2026-11-20T23:59:59.990Z'),
    ];
    await kit.shows(a, paid);
    await kit.shows(b, { ...paid, settlement: { expected: '0.50', received: '0.50', asset: 'USD' } });
    await kit.shows(c, expired);
    kit.setClock('2026-11-21T03:59:59Z');
    expect(await kit.close()).toEqual({ closed: 0, unexplained: 0, waiting: 0 });
    kit.setClock('2026-11-21T04:00:00Z');
    expect(await kit.close()).toEqual({ closed: 1, unexplained: 0, waiting: 0 });
    const content = await kit.contentOf('2026-11-20');
    const tally = { paid: sum(2, '49.50'), odd: sum(0, '0'), unpaid: sum(1, '49.00'), open: sum(0, '0') };
    expect(content).toMatchObject({
      number: 1,
      from: '2026-11-20T00:00:00.000Z',
      to: '2026-11-21T00:00:00.000Z',
      entries: { count: 3 },
      unexplained: { count: 0, list: [] },
      corrections: { count: 0, list: [], paidChanges: [] },
      notes: ['The ledger begins with this day.'],
    });
    expect(content.providers).toMatchObject([
      {
        provider: 'btcpay',
        unknownWhy: null,
        notMade: 0,
        withoutFigures: null,
        refunds: [],
        figures: [],
        payments: [{ asset: 'USD', here: tally, there: tally }],
        received: [{ asset: 'USD', amount: '49.50' }],
      },
    ]);
    expect(await kit.close()).toEqual({ closed: 0, unexplained: 0, waiting: 0 });
  });

  test('keeps assets apart, and what was asked for apart from what came', async () => {
    const dollars = await kit.order('2026-11-20T09:00:00Z', { provider: 'bitpay' });
    const euros = await kit.order('2026-11-20T09:00:00Z', { provider: 'bitpay', amount: '10.00', asset: 'EUR' });
    await kit.shows(dollars, { ...paid, settlement: { expected: '0.0005', received: '0.00051', asset: 'BTC' } });
    await kit.shows(euros, { ...paid, settlement: { expected: '0.0001', received: '0.0001', asset: 'BTC' } });
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    const [book] = (await kit.contentOf('2026-11-20')).providers;
    expect(book?.payments.map(({ asset, here }) => [asset, here.paid])).toEqual([
      ['EUR', sum(1, '10.00')],
      ['USD', sum(1, '49.00')],
    ]);
    expect(book?.received).toEqual([{ asset: 'BTC', amount: '0.00061' }]);
  });

  test('updates a payment whose webhook was lost before it compares', async () => {
    const lost = await kit.order('2026-11-20T09:00:00Z');
    await kit.shows(lost, paid, { isLost: true });
    kit.setClock('2026-11-21T05:00:00Z');
    expect(await kit.close()).toEqual({ closed: 1, unexplained: 0, waiting: 0 });
    const [{ payments } = { payments: [] }] = (await kit.contentOf('2026-11-20')).providers;
    expect(payments).toMatchObject([{ here: { paid: sum(1, '49.00') }, there: { paid: sum(1, '49.00') } }]);
  });

  test('lists what is unexplained: an unmatched payment, and one that the provider does not have', async () => {
    await kit.order('2026-11-20T09:00:00Z');
    kit.book('btcpay').shows = [unmatched];
    kit.setClock('2026-11-21T05:00:00Z');
    expect(await kit.close()).toEqual({ closed: 1, unexplained: 2, waiting: 0 });
    const { unexplained, providers } = await kit.contentOf('2026-11-20');
    expect(unexplained).toMatchObject({
      count: 2,
      list: [
        { kind: 'missing_there', reference: 'btcpay-1', here: 'created, 49.00 USD', order: 'T-1001' },
        { kind: 'missing_here', reference: 'strange', here: 'unknown', there: 'Settled, 49.00 USD', order: null },
      ],
    });
    expect(providers[0]?.payments).toMatchObject([
      { here: { open: sum(1, '49.00') }, there: { paid: sum(1, '49.00') } },
    ]);
  });

  test('does not miss a payment that was made there on another day, because its create was lost for hours', async () => {
    const lost = await kit.order('2026-11-20T22:00:00Z');
    await kit.order('2026-11-21T10:00:00Z');
    await kit.shows(lost, { ...paid, createdAt: Date.parse('2026-11-21T02:00:00Z') });
    kit.setClock('2026-11-22T05:00:00Z');
    expect(await kit.close()).toEqual({ closed: 2, unexplained: 0, waiting: 0 });
    const days = [await kit.contentOf('2026-11-20'), await kit.contentOf('2026-11-21')];
    expect(days.map(({ providers }) => providers[0]?.payments[0]?.there?.paid)).toEqual([sum(1, '49.00'), sum(0, '0')]);
  });

  test('counts a difference as explained while a case about it is open, or once an admin has resolved it', async () => {
    const about = (id: string, reference: string, more: Partial<Case> = {}) =>
      sampleCase(id, { reference, kind: 'finding_missing_here', ...more });
    const resolved = { status: 'resolved', resolvedAt: 1 } as const;
    await kit.order('2026-11-20T09:00:00Z');
    for (const reference of ['open', 'ignored', 'vanished']) {
      kit.book('btcpay').shows.push({ ...unmatched, reference: asProviderReference(reference) });
    }
    await kit.deps.database.transaction(async ({ cases }) => {
      await cases.insertCase(about('a', 'open'));
      await cases.insertCase(about('b', 'ignored', { ...resolved, resolution: 'dismiss' }));
      await cases.insertCase(about('c', 'vanished', { ...resolved, resolution: 'by_itself' }));
    });
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    const content = await kit.contentOf('2026-11-20');
    expect(content.explained).toBe(2);
    expect(content.unexplained.list.map(({ reference }) => reference)).toEqual(['vanished']);
    expect(content.exceptions).toEqual([{ kind: 'finding_missing_here', provider: 'btcpay', count: 1 }]);
  });

  test('counts a payment that an admin accepted as paid here and as an exception there, and as explained', async () => {
    const accepted = await kit.order('2026-11-20T09:00:00Z');
    await kit.shows(accepted, short);
    await kit.deps.database.transaction(async ({ payments }) => {
      const payment = await payments.findPayment(accepted);
      if (payment === undefined) throw new Error('it vanished');
      const change = { acceptedAt: kit.deps.clock.now(), updatedAt: kit.deps.clock.now() };
      expect(payment.status).toBe('underpaid');
      await payments.changePayment(payment, change);
    });
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    const { providers, explained, unexplained } = await kit.contentOf('2026-11-20');
    expect(providers[0]?.payments).toMatchObject([
      { here: { paid: sum(1, '49.00'), odd: sum(0, '0') }, there: { paid: sum(0, '0'), odd: sum(1, '49.00') } },
    ]);
    expect({ explained, unexplained: unexplained.count }).toEqual({ explained: 1, unexplained: 0 });
  });

  test('counts what admins changed about money manually, and not what they viewed', async () => {
    const actions = [
      'payment.accept',
      'payment.accept',
      'order.check',
      'alert.snooze',
      'exception.take',
      'exception.write_off',
    ];
    const [own, theirs] = [Date.parse('2026-11-20T10:00:00Z'), Date.parse('2026-11-21T00:00:00Z')];
    await kit.order('2026-11-20T09:00:00Z');
    await kit.deps.database.transaction(async ({ audit }) => {
      const base = { actorKind: 'admin', actorId: '42', subject: 'x', reason: null, details: {} } as const;
      for (const [index, action] of actions.entries()) await audit.record({ ...base, id: `${index}`, at: own, action });
      await audit.record({ ...base, id: 'job', at: own, action: 'payment.accept', actorKind: 'job' });
      await audit.record({ ...base, id: 'later', at: theirs, action: 'payment.accept' });
    });
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-20')).interventions).toEqual([
      { action: 'exception.write_off', count: 1 },
      { action: 'payment.accept', count: 2 },
    ]);
  });
});
