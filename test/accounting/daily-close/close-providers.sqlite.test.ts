import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDueDays } from '#accounting/daily-close/close-due-days.ts';
import { capabilities } from '#test/support/providers/capabilities.ts';
import { type AccountingKit, openAccountingKit, paid } from '#test/support/scenario-kits/accounting-kit.ts';

let kit: AccountingKit;
beforeEach(async () => {
  kit = await openAccountingKit();
});
afterEach(() => kit.opened.remove());

const sum = (count: number, amount: string) => ({ count, amount });

describe('a provider', () => {
  test('that does not answer is waited for, and the day says so when it is closed', async () => {
    await kit.shows(await kit.order('2026-11-20T09:00:00Z'), paid);
    await kit.order('2026-11-21T09:00:00Z');
    kit.book('btcpay').isUnavailable = true;
    for (const hours of ['05', '06', '07']) {
      kit.setClock(`2026-11-22T${hours}:00:00Z`);
      expect(await kit.close()).toEqual({ closed: 0, unexplained: 0, waiting: 1 });
    }
    expect(await kit.closings()).toEqual([]);
    kit.book('btcpay').isUnavailable = false;
    kit.setClock('2026-11-22T08:00:00Z');
    expect(await kit.close()).toEqual({ closed: 2, unexplained: 0, waiting: 0 });
    const [first, second] = await kit.closings();
    expect(first?.content.notes).toEqual([
      'The ledger begins with this day.',
      'Closed after 4 tries. BTCPay did not answer: timeout (4200)',
    ]);
    expect(first?.content.providers[0]?.payments[0]?.there?.paid).toEqual(sum(1, '49.00'));
    expect(second?.content.notes).toEqual(['Closed 4 hours late.']);
  });

  test('that is unavailable for more than a week is recorded as unknown, and not waited for again until it answers', async () => {
    await kit.shows(await kit.order('2026-11-20T09:00:00Z'), paid);
    kit.book('btcpay').isUnavailable = true;
    kit.setClock('2026-11-21T05:00:00Z');
    expect(await kit.close()).toMatchObject({ closed: 0, waiting: 1 });
    kit.setClock('2026-11-28T05:00:01Z');
    expect(await kit.close()).toEqual({ closed: 8, unexplained: 0, waiting: 0 });
    const [book] = (await kit.contentOf('2026-11-20')).providers;
    expect(book).toMatchObject({
      unknownWhy: 'BTCPay did not answer: timeout (4200)',
      payments: [{ here: { paid: sum(1, '49.00') }, there: null }],
    });
    kit.book('btcpay').isUnavailable = false;
    kit.setClock('2026-11-29T05:00:00Z');
    await kit.close();
    kit.book('btcpay').isUnavailable = true;
    kit.setClock('2026-11-30T05:00:00Z');
    expect(await kit.close()).toMatchObject({ closed: 0, waiting: 1 });
  });

  test('that cannot be listed, or is not configured any more, is unknown in words, never a number', async () => {
    await kit.shows(await kit.order('2026-11-20T09:00:00Z', { provider: 'bitpay' }), paid);
    await kit.shows(await kit.order('2026-11-20T09:00:00Z', { provider: 'coinbase' }), paid);
    kit.book('bitpay').capabilities = capabilities({ canList: false });
    kit.drop('coinbase');
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-20')).providers).toMatchObject([
      { unknownWhy: 'BitPay cannot list its payments in this set-up.', payments: [{ there: null }] },
      { unknownWhy: 'Coinbase is not configured any more.', payments: [{ there: null }] },
    ]);
  });

  test('that is decommissioned is unknown at once, and delays no day', async () => {
    await kit.shows(await kit.order('2026-11-20T09:00:00Z'), paid);
    kit.book('btcpay').isRetired = true;
    kit.setClock('2026-11-22T05:00:00Z');
    expect(await kit.close()).toEqual({ closed: 2, unexplained: 0, waiting: 0 });
    expect((await kit.contentOf('2026-11-20')).providers[0]?.unknownWhy).toBe(
      'BTCPay is decommissioned and not called any more.',
    );
  });

  test('that shows another status and cannot be made to agree leaves an unexplained difference', async () => {
    const payment = await kit.order('2026-11-20T09:00:00Z');
    await kit.shows(payment, paid);
    await kit.shows(payment, { requested: { amount: '48.00', asset: 'USD' } }, { isLost: true });
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-20')).unexplained.list).toMatchObject([
      { kind: 'amount', order: 'T-1001', here: '49.00 USD', there: '48.00 USD' },
    ]);
  });
});

describe('days', () => {
  test('that were missed are caught up oldest first, no more of them at once than the run may', async () => {
    await kit.order('2026-11-20T09:00:00Z');
    await kit.order('2026-11-24T09:00:00Z');
    kit.setClock('2026-11-26T05:00:00Z');
    expect(await kit.close(4)).toMatchObject({ closed: 4 });
    expect(await kit.close(4)).toMatchObject({ closed: 2 });
    expect((await kit.closings()).map(({ content }) => content.day)).toEqual([
      ...['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'],
    ]);
  });

  test('have 23 and 25 hours in Lisbon, and no payment belongs to two of them or to none', async () => {
    const spring = await openAccountingKit({ timeZone: 'Europe/Lisbon', startAt: '2026-03-27T12:00:00Z' });
    const times = [
      '2026-03-28T23:59:59.999Z',
      '2026-03-29T00:00:00Z',
      '2026-03-29T22:59:59.999Z',
      '2026-03-29T23:00:00Z',
    ];
    for (const time of times) await spring.order(time);
    spring.setClock('2026-03-31T04:00:00Z');
    await spring.close();
    const days = (await spring.closings()).map(({ content }) => content);
    expect(days.map(({ day, from, to, entries }) => [day, Date.parse(to) - Date.parse(from), entries.count])).toEqual([
      ['2026-03-28', 24 * 3_600_000, 1],
      ['2026-03-29', 23 * 3_600_000, 2],
      ['2026-03-30', 24 * 3_600_000, 1],
    ]);
    await spring.opened.remove();

    const autumn = await openAccountingKit({ timeZone: 'Europe/Lisbon', startAt: '2026-10-23T12:00:00Z' });
    for (const time of ['2026-10-24T23:00:00Z', '2026-10-25T23:59:59.999Z', '2026-10-26T00:00:00Z'])
      await autumn.order(time);
    autumn.setClock('2026-10-27T05:00:00Z');
    await autumn.close();
    const after = (await autumn.closings()).map(({ content }) => content);
    expect(after.map(({ day, from, to, entries }) => [day, Date.parse(to) - Date.parse(from), entries.count])).toEqual([
      ['2026-10-25', 25 * 3_600_000, 2],
      ['2026-10-26', 24 * 3_600_000, 1],
    ]);
    await autumn.opened.remove();
  });

  test('follow each other without a gap when the time zone is changed', async () => {
    const { deps } = kit;
    await kit.order('2026-11-20T09:00:00Z');
    for (const [timeZone, until] of [
      ['America/Los_Angeles', '2026-11-21T13:00:00Z'],
      ['Pacific/Kiritimati', '2026-11-23T13:00:00Z'],
      ['Pacific/Niue', '2026-11-26T13:00:00Z'],
    ] as const) {
      kit.setClock(until);
      await closeDueDays(deps, { timeZone, daysMax: 40 });
    }
    const days = (await kit.closings()).map(({ content }) => content);
    expect(days.length).toBeGreaterThan(3);
    for (const [index, content] of days.entries()) {
      if (index > 0) expect(content.from).toBe(days[index - 1]?.to);
      expect(Date.parse(content.to)).toBeGreaterThanOrEqual(Date.parse(content.from));
    }
  });

  test('before the first order are not closed, and a later one without payments is closed as empty', async () => {
    kit.book('btcpay');
    kit.setClock('2026-11-25T12:00:00Z');
    expect(await kit.close()).toEqual({ closed: 0, unexplained: 0, waiting: 0 });
    await kit.order('2026-11-26T09:00:00Z');
    kit.setClock('2026-11-28T05:00:00Z');
    expect(await kit.close()).toMatchObject({ closed: 2 });
    expect((await kit.contentOf('2026-11-27')).providers).toMatchObject([{ provider: 'btcpay', payments: [] }]);
  });

  test('are closed once, however many processes close them', async () => {
    await kit.shows(await kit.order('2026-11-20T09:00:00Z'), paid);
    kit.setClock('2026-11-22T05:00:00Z');
    const [one, other] = await Promise.all([kit.close(), kit.close()]);
    expect(one.closed + other.closed).toBe(2);
    expect((await kit.closings()).map(({ content }) => content.number)).toEqual([1, 2]);
  });
});
