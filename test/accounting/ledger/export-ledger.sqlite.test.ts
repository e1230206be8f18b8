import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProviderLedger } from '#accounting/ledger/closing.ts';
import { exportLedger } from '#accounting/ledger/export-ledger.ts';
import { ledgerColumns, ledgerRows } from '#accounting/ledger/ledger-rows.ts';
import { addDays, type CalendarDay } from '#kernel/calendar.ts';
import { type AccountingKit, openAccountingKit, paid } from '#test/support/scenario-kits/accounting-kit.ts';

let kit: AccountingKit;
beforeEach(async () => {
  kit = await openAccountingKit();
});
afterEach(() => kit.opened.remove());

const day = (text: string) => text as CalendarDay;

describe('an export of the books', () => {
  async function exported(from: string, to: string): Promise<string[]> {
    const days: string[] = [];
    const pages = exportLedger(kit.deps, { from: day(from), to: day(to) });
    for await (const page of pages) days.push(...page.map(({ closing }) => closing.day));
    return days;
  }

  test('begins on its first day and ends on its last, however many pages lie between', async () => {
    await kit.shows(await kit.order('2026-09-01T09:00:00Z'), paid);
    for (const now of ['2026-09-02', '2026-10-10', '2026-11-17', '2026-11-23']) {
      kit.setClock(`${now}T05:00:00Z`);
      await kit.close();
    }
    const all = (await kit.closings()).map(({ closing }) => closing.day);
    expect(all).toHaveLength(83);
    expect(await exported('2026-09-03', '2026-09-05')).toEqual(['2026-09-03', '2026-09-04', '2026-09-05']);
    expect(await exported('2026-09-10', '2026-11-10')).toEqual(all.slice(9, 71));
    expect(await exported('2026-11-22', '2026-12-31')).toEqual(['2026-11-22']);
    expect(await exported('2026-01-01', '2026-09-01')).toEqual(['2026-09-01']);
    expect(await exported('2026-11-23', '2026-11-30')).toEqual([]);
    expect(addDays(day('2026-09-01'), 82)).toBe('2026-11-22');
  });
});

describe('the rows of a closing', () => {
  async function rowsOf(change: Partial<ProviderLedger>) {
    await kit.shows(await kit.order('2026-11-20T09:00:00Z'), paid);
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    const [closed] = await kit.closings();
    if (closed === undefined) throw new Error('nothing is closed');
    const [provider] = closed.content.providers;
    if (provider === undefined) throw new Error('no provider is closed');
    return ledgerRows(closed.closing, { ...closed.content, providers: [{ ...provider, ...change }] });
  }

  test('say for which provider fees are unknown, and for how many payments', async () => {
    const rows = await rowsOf({ withoutFigures: 3 });
    expect(rows.filter(({ kind }) => kind === 'fees_unknown')).toEqual([
      expect.objectContaining({ day: '2026-11-20', provider: 'btcpay', count_here: '3' }),
    ]);
  });

  test.each([0, null])('say nothing of fees where none is unknown or none is reported (%j)', async (withoutFigures) => {
    expect((await rowsOf({ withoutFigures })).filter(({ kind }) => kind === 'fees_unknown')).toEqual([]);
  });

  test('say why the side of the provider is unknown, for payments and for refunds, in columns that exist', async () => {
    const rows = await rowsOf({ unknownWhy: 'It did not answer.', refundsUnknownWhy: 'It lists no refunds.' });
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'unknown_there', what: 'It did not answer.' }));
    const refunds = { kind: 'refunds_unknown_there', provider: 'btcpay', what: 'It lists no refunds.' };
    expect(rows).toContainEqual(expect.objectContaining(refunds));
    for (const row of rows) expect(ledgerColumns).toEqual(expect.arrayContaining(Object.keys(row)));
  });
});
