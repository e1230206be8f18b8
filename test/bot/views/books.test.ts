import { describe, expect, test } from 'vitest';
import type { LedgerFault } from '#accounting/ledger/verify-ledger.ts';
import { booksChart, daysDrawn, drawBooks } from '#bot/charts/books-chart.ts';
import {
  bookDigest,
  bookList,
  bookPage,
  chainText,
  chartCaption,
  openBookPage,
} from '#bot/screens/accounting/books-view.ts';
import { addDays } from '#kernel/calendar.ts';
import { hour } from '#kernel/clock.ts';
import { aBook, aClosedDay, aFullDay, asDay, aTally, sum } from '../support/books.ts';
import { aPage, at, drawn, hostile, look } from '../support/values.ts';

describe("a day's page", () => {
  test('says what is unexplained first, then each provider, corrections, exceptions and what was done by hand', () => {
    expect(drawn(bookPage(aFullDay(), { ...look, hasNext: true }))).toMatchInlineSnapshot(`
      "⚠️ <b>Books of Sat 21 Nov</b>
      Closed 22 Nov, 04:00 · no. 12
      ⚠️ <b>UNEXPLAINED: 1</b>
      • BitPay missing here <code>TWtW7hHcV8</code>: here unknown; there complete, 77.00 USD
      <b>BitPay</b>
      USD here: 2 paid 98.00 · 1 unpaid
      USD there: 3 paid 175.00 · 1 unpaid
      Received 0.00152 BTC
      Fee 0.49 USD, net 48.51 USD · 1 without a fee yet
      1 settlement paid out: 44.10 EUR
      <b>BTCPay</b> · there unknown: BTCPay did not answer: timeout (4200) &lt;b&gt;
      USD: 1 paid 49.00 · 1 odd 49.00
      ↩️ 1 refund: 20.00 USD
      2 links could not be made
      <b>Coinbase</b>
      USDC: 1 paid 49.00 · same there
      Fee 0.61 USDC, net 48.39 USDC
      ↩️ 2 refunds: 30.00 USD, there only 1
      ✏️ <b>Corrections to earlier days: 1</b>; paid BTCPay -49.00 USD
      • 20 Nov T-1003: status expired → paid late
      4 open exceptions: 3 underpaid, 1 refund unknown
      Manually: 2 exception write off
      <i>Closed after 4 tries. BTCPay did not answer: timeout (4200)</i>
      Chain <code>3f9a1c0b77de</code>
      [‹ 20 Nov](book:show:2026-11-20) [22 Nov ›](book:show:2026-11-22)
      [Chart](book:chart:2026-11-21) [Export](book:export:2026-11-21)
      [Verify chain](book:verify:2026-11-21) [‹ Books](books)"
    `);
  });

  test('of a day on which nothing happened is short', () => {
    const quiet = aClosedDay({ providers: [aBook('bitpay'), aBook('btcpay')] });
    expect(bookPage(quiet, { ...look, hasNext: false }).text).toMatchInlineSnapshot(`
      "✅ <b>Books of Sat 21 Nov</b>
      Closed 22 Nov, 04:00 · no. 12
      Unexplained: 0
      <b>BitPay</b> · nothing
      <b>BTCPay</b> · nothing
      No open exceptions
      Chain <code>3f9a1c0b77de</code>"
    `);
  });

  test('fits a screen and keeps what is unexplained, however much there is and whatever it says', () => {
    const list = Array.from({ length: 200 }, (_, index) => ({
      provider: 'btcpay',
      kind: 'amount',
      reference: `r-${index}`,
      paymentId: null,
      order: hostile,
      here: hostile,
      there: hostile,
    }));
    const { text } = bookPage(aClosedDay({ unexplained: { count: 999, list } }), { ...look, hasNext: true });
    expect(text.split('\n').length).toBeLessThanOrEqual(26);
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text).toContain('UNEXPLAINED: 999');
    expect(text).toMatch(/… \d+ more differences/);
    expect(text).not.toContain('<b>Eve');
  });

  test('of a day that is not closed says when it will be, or who is waited for', () => {
    const day = asDay('2026-11-22');
    const waiting = { day, since: at, lastTriedAt: at, tries: 3, reason: 'BitPay did not answer: 503' };
    const texts = [
      { day, dueAt: look.now + hour, delay: null },
      { day, dueAt: look.now - hour, delay: null },
      { day, dueAt: null, delay: null },
      { day, dueAt: look.now - hour, delay: waiting },
    ].map((open) => openBookPage(open, look).text.split('\n')[1]);
    expect(texts).toEqual([
      'open; closes after 22 Nov, 06:00',
      'over; it is closed within the hour',
      'open; the day before comes first',
      'waits since 22 Nov, 04:00: BitPay did not answer: 503',
    ]);
  });
});

describe('the list of days', () => {
  test('has a sign for each day: agreed, unexplained, a side not known, open', () => {
    const side = { asset: 'USD', here: aTally({ paid: sum(1, '49.00') }), there: null };
    const closed = [
      aClosedDay({ providers: [aBook('btcpay', { payments: [side] }), aBook('bitpay', { payments: [side] })] }),
      aClosedDay({ unexplained: { count: 2, list: [] } }, '2026-11-20'),
      aClosedDay({ providers: [aBook('bitpay', { unknownWhy: 'x', payments: [side] })] }, '2026-11-19'),
      aClosedDay({ providers: [aBook('bitpay', { unknownWhy: 'x' })] }, '2026-11-18'),
    ];
    const open = [{ day: asDay('2026-11-22'), dueAt: look.now + hour, delay: null }];
    expect(bookList({ open, closed: aPage(closed, { key: 4, hasMore: true }) }, look).text).toMatchInlineSnapshot(`
      "<b>Books</b> · page 1
      ⏳ Sun 22 Nov · open; closes after 22 Nov, 06:00
      ✅ Sat 21 Nov · 2 paid · 98.00 USD
      ⚠️ Fri 20 Nov · <b>2 unexplained</b> · nothing was paid
      ☑️ Thu 19 Nov · 1 paid · 49.00 USD
      ✅ Wed 18 Nov · nothing was paid"
    `);
  });
});

describe('the digest', () => {
  test('has one short line for each provider and asset, and what needs somebody', () => {
    expect(drawn(bookDigest(aFullDay(), { commandBot: 'till_bot' }))).toMatchInlineSnapshot(`
      "⚠️ <b>Books of Sat 21 Nov</b>
      ⚠️ <b>UNEXPLAINED: 1</b>
      • BitPay missing here <code>TWtW7hHcV8</code>: here unknown; there complete, 77.00 USD
      <b>BitPay</b> · 2 paid 98.00 USD · fee 0.49 USD, net 48.51 USD
      <b>BTCPay</b> · 1 paid 49.00 USD · 1 odd 49.00 USD · ↩️ 1 refund: 20.00 USD
      <b>Coinbase</b> · 1 paid 49.00 USDC · fee 0.61 USDC, net 48.39 USDC · ↩️ 2 refunds: 30.00 USD, there only 1
      Not compared: BTCPay
      ✏️ <b>Corrections to earlier days: 1</b>; paid BTCPay -49.00 USD
      • 20 Nov T-1003: status expired → paid late
      4 open exceptions: 3 underpaid, 1 refund unknown
      <i>Closed after 4 tries. BTCPay did not answer: timeout (4200)</i>
      Chain <code>3f9a1c0b77de</code>
      [Open the books](https://t.me/till_bot?start=books-2026-11-21)"
    `);
  });

  test('fits under a picture, and never loses that something is unexplained', () => {
    const notes = Array.from({ length: 9 }, () => hostile);
    const list = aFullDay().content.unexplained.list.map((one) => ({ ...one, there: hostile }));
    const full = { ...aFullDay().content, notes, unexplained: { count: 1, list } };
    const { text } = bookDigest(aClosedDay(full), { commandBot: null });
    expect(text.length).toBeLessThanOrEqual(1024);
    expect(text).toContain('UNEXPLAINED: 1');
    expect(text).toContain('Books of Sat 21 Nov');
  });
});

test('the verdict on the chain names the broken link, or how far it is whole', () => {
  const faults: [LedgerFault, string][] = [
    [{ code: 'closing_missing', closing: 6 }, 'closing 6 is missing'],
    [{ code: 'does_not_follow', closing: 6 }, 'it does not follow from closing 6'],
    [{ code: 'wrong_start' }, 'the first closing does not begin with the fixed start'],
    [{ code: 'content_changed' }, 'its content is not what was hashed'],
    [{ code: 'row_differs' }, 'its row says something else than its content'],
    [{ code: 'entries_count_differs', found: 0, expected: 1 }, 'it has 0 entries instead of 1'],
    [{ code: 'entries_changed' }, 'its entries are not what was hashed'],
  ];
  for (const [fault, text] of faults) {
    const broken = { kind: 'broken', number: 7, day: asDay('2026-11-20'), ...fault } as const;
    expect(chainText(broken)).toBe(`⛔ The chain is broken at no. 7, Fri 20 Nov: ${text}.`);
  }
  expect(chainText({ kind: 'whole', count: 1, hash: 'ab'.repeat(32) })).toBe(
    'The chain is whole: 1 closing, up to abababababab.',
  );
  expect(chainText({ kind: 'whole', count: 0, hash: null })).toBe('There is no closing yet.');
});

describe('the picture', () => {
  const line = (asset: string, amount: string) => ({ asset, here: aTally({ paid: sum(1, amount) }), there: null });
  const first = asDay('2026-11-14');
  const days = Array.from({ length: 8 }, (_, index) =>
    aClosedDay(
      {
        providers: [
          aBook('btcpay', { payments: [line('USD', `${index}.50`)] }),
          aBook('bitpay', { payments: [line('USD', '1.00'), ...(index > 5 ? [line('EUR', '2.00')] : [])] }),
        ],
        unexplained: { count: index === 3 ? 2 : 0, list: [] },
      },
      addDays(first, index),
    ),
  );

  test('has a place for each of the last two weeks, a panel for each asset, and marks what is unexplained', () => {
    const { series, xAxis } = booksChart(days) as {
      series: { name: string; xAxisIndex: number; data: (number | null)[] }[];
      xAxis: { data: string[] }[];
    };
    expect(xAxis.map(({ data }) => data.length)).toEqual([daysDrawn, daysDrawn]);
    const barsOf = (name: string, panel: number) =>
      series.find((one) => one.name === name && one.xAxisIndex === panel)?.data.slice(-8);
    expect(barsOf('sides agree', 0)).toEqual([1.5, 2.5, 3.5, null, 5.5, 6.5, 7.5, 8.5]);
    expect(barsOf('unexplained', 0)).toEqual([null, null, null, 4.5, null, null, null, null]);
    expect(barsOf('sides agree', 1)?.slice(-2)).toEqual([2, 2]);
    expect(chartCaption(days)).toBe('14 Nov to 21 Nov. ⚠️ Unexplained: 17 Nov (2)');
  });

  test('is drawn, also of days on which nothing was paid', async () => {
    for (const some of [days, [aClosedDay()]]) {
      const png = Buffer.from(await drawBooks(some));
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      // Letters that are not drawn leave a few kilobytes.
      expect(png.length).toBeGreaterThan(12_000);
    }
  });
});
