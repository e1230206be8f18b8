import { describe, expect, test } from 'vitest';
import type { Closing, LedgerEntry } from '#accounting/ledger/closing.ts';
import type { LedgerStore, ProviderFee, Settlement } from '#accounting/ledger/ledger-store.ts';
import { addDays, type CalendarDay, readCalendarDay } from '#kernel/calendar.ts';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

const first = theDay('2026-11-20');

function theDay(text: string): CalendarDay {
  const day = readCalendarDay(text);
  if (day === undefined) throw new Error(`${text} is no day`);
  return day;
}

function sampleClosing(number: number, change: Partial<Closing> = {}): Closing {
  return {
    number,
    day: addDays(first, number - 1),
    timeZone: 'Europe/Lisbon',
    closedAt: noon + number,
    endsAt: noon,
    content: `{"number":${number},"text":"é 1e-7"}`,
    hash: `hash-${number}`,
    previousHash: `hash-${number - 1}`,
    ...change,
  };
}

async function close(ledger: LedgerStore, closing: Closing): Promise<boolean> {
  const draft = { number: closing.number, day: closing.day, run: 'a' };
  return (await ledger.beginDraft(draft)) && (await ledger.sealDraft(draft, closing));
}

function sampleEntry(number: number, paymentId: string): LedgerEntry {
  return { number, paymentId, day: first, content: `{"of":"${paymentId} in ${number}"}` };
}

function sampleFigure(reference: string, change: Partial<ProviderFee> = {}): ProviderFee {
  return {
    provider: 'bitpay',
    reference: asProviderReference(reference),
    asset: 'USD',
    fee: '0.49',
    net: '48.51',
    standing: 'unmatched',
    paymentId: null,
    at: noon,
    readAt: noon,
    ...change,
  };
}

function sampleSettlement(id: string, change: Partial<Settlement> = {}): Settlement {
  return {
    provider: 'bitpay',
    id,
    currency: 'EUR',
    amount: '22.09',
    status: 'completed',
    from: noon - 2,
    to: noon - 1,
    settledAt: noon,
    references: [asProviderReference('a'), asProviderReference('b')],
    readAt: noon,
    ...change,
  };
}

export function describeBooks(open: OpenContractDatabase): void {
  describe('closings', () => {
    test('are kept as they were hashed, found by day, and walked both ways', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ ledger }) => {
        for (const number of [1, 2, 3]) expect(await close(ledger, sampleClosing(number))).toBe(true);
        expect(await ledger.findClosing(addDays(first, 1))).toEqual(sampleClosing(2));
        expect(await ledger.findClosing(addDays(first, 9))).toBeUndefined();
        expect(await ledger.findLastClosing()).toEqual(sampleClosing(3));
        const numbers = (all: Closing[]) => all.map(({ number }) => number);
        expect(numbers(await ledger.listClosings({ before: null, limit: 2 }))).toEqual([3, 2]);
        expect(numbers(await ledger.listClosings({ before: 2, limit: 2 }))).toEqual([1]);
        expect(numbers(await ledger.walkClosings({ after: 0, limit: 2 }))).toEqual([1, 2]);
        expect(numbers(await ledger.walkClosings({ after: 2, limit: 2 }))).toEqual([3]);
      });
    });

    test('are one for each number and one for each day', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ ledger }) => {
        expect(await ledger.findLastClosing()).toBeUndefined();
        await close(ledger, sampleClosing(1));
        expect(await close(ledger, sampleClosing(1, { day: addDays(first, 5) }))).toBe(false);
        expect(await close(ledger, sampleClosing(2, { day: first }))).toBe(false);
        expect(await ledger.findLastClosing()).toEqual(sampleClosing(1));
      });
    });

    test('are drafts until they are sealed, which no list shows and only the last run to begin them may change', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ ledger }) => {
        await close(ledger, sampleClosing(1));
        const [mine, other] = ['mine', 'other'].map((run) => ({ number: 2, day: addDays(first, 1), run }));
        if (mine === undefined || other === undefined) throw new Error('two runs are named');
        expect(await ledger.holdDraft(mine)).toBe(false);
        expect(await ledger.beginDraft(mine)).toBe(true);
        expect(await ledger.holdDraft(mine)).toBe(true);
        await ledger.insertEntries(['a', 'b', 'c'].map((id) => sampleEntry(2, id)));
        expect(await ledger.beginDraft(other)).toBe(true);
        expect(await ledger.holdDraft(mine)).toBe(false);
        expect(await ledger.sealDraft(mine, sampleClosing(2))).toBe(false);
        expect(await ledger.findLastClosing()).toEqual(sampleClosing(1));
        expect(await ledger.findClosing(addDays(first, 1))).toBeUndefined();
        expect(await ledger.listClosings({ before: null, limit: 9 })).toEqual([sampleClosing(1)]);
        expect(await ledger.walkClosings({ after: 0, limit: 9 })).toEqual([sampleClosing(1)]);
        expect(await ledger.deleteDraftEntries({ number: 2, limit: 2 })).toBe(2);
        expect(await ledger.deleteDraftEntries({ number: 2, limit: 2 })).toBe(1);
        await ledger.insertEntries([sampleEntry(2, 'd')]);
        expect(await ledger.sealDraft(other, sampleClosing(2))).toBe(true);
        expect(await ledger.sealDraft(other, sampleClosing(2, { hash: 'forged' }))).toBe(false);
        expect(await ledger.beginDraft(mine)).toBe(false);
        expect(await ledger.findLastClosing()).toEqual(sampleClosing(2));
        expect(await ledger.listEntries({ number: 2, after: null, limit: 9 })).toEqual([sampleEntry(2, 'd')]);
      });
    });

    test('have entries, listed by payment; the newest of a payment is found below a number', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ ledger }) => {
        for (const number of [1, 2, 3]) await close(ledger, sampleClosing(number));
        const many = Array.from({ length: 1_200 }, (_, index) => sampleEntry(3, `p-${String(index).padStart(4, '0')}`));
        await ledger.insertEntries([sampleEntry(1, 'b'), sampleEntry(1, 'a'), sampleEntry(2, 'b')]);
        await ledger.insertEntries(many);
        expect(await ledger.listEntries({ number: 1, after: null, limit: 9 })).toEqual([
          sampleEntry(1, 'a'),
          sampleEntry(1, 'b'),
        ]);
        expect(await ledger.listEntries({ number: 1, after: 'a', limit: 9 })).toEqual([sampleEntry(1, 'b')]);
        expect(await ledger.listEntries({ number: 3, after: 'p-1198', limit: 9 })).toEqual([sampleEntry(3, 'p-1199')]);
        const paymentIds = ['a', 'b', 'c'].map(asPaymentId);
        expect(await ledger.listNewestEntries({ paymentIds, before: 3 })).toEqual([
          sampleEntry(1, 'a'),
          sampleEntry(2, 'b'),
        ]);
        expect(await ledger.listNewestEntries({ paymentIds, before: 2 })).toEqual([
          sampleEntry(1, 'a'),
          sampleEntry(1, 'b'),
        ]);
        expect(await ledger.listNewestEntries({ paymentIds: [], before: 9 })).toEqual([]);
      });
    });

    test('that are delayed are noted with the first try, the last one and how many there were', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ ledger }) => {
        expect(await ledger.findDelay(first)).toBeUndefined();
        await ledger.noteDelay({ day: first, reason: 'timeout', at: noon });
        await ledger.noteDelay({ day: first, reason: '503', at: noon + 5 });
        expect(await ledger.findDelay(first)).toEqual({
          day: first,
          reason: '503',
          since: noon,
          lastTriedAt: noon + 5,
          tries: 2,
        });
      });
    });
  });

  describe('fees of providers', () => {
    test('are one for each reference and asset, and replaced when they are read again', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ fees }) => {
        const paymentId = asPaymentId('p');
        await fees.saveFee(sampleFigure('a'));
        await fees.saveFee(sampleFigure('a', { asset: 'BTC', standing: 'further', paymentId }));
        await fees.saveFee(sampleFigure('b', { at: noon - 5 }));
        await fees.saveFee(sampleFigure('c', { at: noon + 5 }));
        await fees.saveFee(sampleFigure('d', { provider: 'coinbase' }));
        const list = (standing: ProviderFee['standing']) =>
          fees.listFees({ provider: 'bitpay', standing, from: noon - 5, to: noon + 5, limit: 9 });
        expect(await list('unmatched')).toEqual([sampleFigure('b', { at: noon - 5 }), sampleFigure('a')]);
        const known = sampleFigure('a', { fee: '0.50', net: '48.50', standing: 'booked', paymentId });
        await fees.saveFee(known);
        expect((await list('unmatched')).map(({ reference }) => reference)).toEqual(['b']);
        expect((await fees.listFeesOfPayments([paymentId])).map(({ asset, fee }) => [asset, fee])).toEqual([
          ['BTC', '0.49'],
          ['USD', '0.50'],
        ]);
        expect(await fees.listFeesOfPayments([])).toEqual([]);
      });
    });

    test('include settlements, which are replaced when they are read again and listed by when they were paid out', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ fees }) => {
        const list = () => fees.listSettlements({ provider: 'bitpay', from: noon, to: noon + 5, limit: 9 });
        await fees.saveSettlement(sampleSettlement('s-1', { settledAt: null, references: null, status: 'new' }));
        await fees.saveSettlement(sampleSettlement('s-2', { settledAt: noon + 5 }));
        await fees.saveSettlement(sampleSettlement('s-3', { settledAt: noon + 4 }));
        expect(await list()).toEqual([sampleSettlement('s-3', { settledAt: noon + 4 })]);
        await fees.saveSettlement(sampleSettlement('s-1'));
        expect(await list()).toEqual([sampleSettlement('s-1'), sampleSettlement('s-3', { settledAt: noon + 4 })]);
      });
    });
  });
}
