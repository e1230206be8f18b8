import { describe, expect, test } from 'vitest';
import {
  entriesAnswerSchema,
  type LedgerEntry,
  ledgersAnswerSchema,
  toFigures,
} from '#payments/providers/bitpay/ledger.ts';
import {
  reportAnswerSchema,
  settlementsAnswerSchema,
  toProviderSettlement,
} from '#payments/providers/bitpay/settlements.ts';
import { understood } from '#payments/providers/kit/list-entries.ts';
import { exactFixture } from '../support/fixtures.ts';

const entries = understood(exactFixture('bitpay/getLedgerEntriesResponse.json', entriesAnswerSchema));

function entry(differences: Partial<LedgerEntry>): LedgerEntry {
  return { id: null, code: '1000', amount: '100', scale: '100', timestamp: 5, invoiceId: 'a', ...differences };
}

describe('the fees of a ledger', () => {
  test('are read from the sample: what was kept and what was credited, and no refund', () => {
    expect(toFigures(entries, 'EUR')).toEqual([
      {
        reference: 'Hpqc63wvE1ZjzeeH4kEycF',
        fee: '0.08',
        net: '8.15',
        asset: 'EUR',
        at: Date.parse('2021-05-10T20:08:52.919Z'),
      },
    ]);
  });

  test('read the same when the list stands under `data`', () => {
    expect(entriesAnswerSchema.parse({ data: [] })).toEqual([]);
    expect(
      understood(exactFixture('bitpay/getLedgersResponse.json', ledgersAnswerSchema).data).map(
        ({ currency }) => currency,
      ),
    ).toEqual(['EUR', 'USD', 'BTC']);
  });

  test('count an entry once, however often the days of a query bring it', () => {
    expect(toFigures([...entries, ...entries], 'EUR')).toEqual(toFigures(entries, 'EUR'));
    const nameless = [entry({}), entry({}), entry({ code: '1023', amount: '-1' })];
    expect(toFigures(nameless, 'USD')).toMatchObject([{ fee: '0.01', net: '0.99' }]);
  });

  test('are exact beyond what a float holds, and in coin', () => {
    const large = [entry({ amount: '900719925474099301', scale: '100' }), entry({ code: '1023', amount: '-1' })];
    expect(toFigures(large, 'USD')).toMatchObject([{ fee: '0.01', net: '9007199254740993' }]);
    const coin = [
      entry({ amount: '28700', scale: '100000000' }),
      entry({ code: '1023', amount: '-287', scale: '100000000' }),
    ];
    expect(toFigures(coin, 'BTC')).toMatchObject([{ fee: '0.00000287', net: '0.00028413', asset: 'BTC' }]);
  });

  test('add up the sales of an invoice that was credited in parts, from the time of the first', () => {
    const parts = [entry({ id: '1', timestamp: 7 }), entry({ id: '2', timestamp: 9, amount: '50' })];
    expect(toFigures(parts, 'USD')).toMatchObject([{ net: '1.50', fee: '0.00', at: 7 }]);
  });

  test('say nothing of a fee without its sale, of other codes, and of entries without an invoice', () => {
    const others = [entry({ code: '1023' }), entry({ code: '1017', invoiceId: 'b' }), entry({ invoiceId: null })];
    expect(toFigures(others, 'USD')).toEqual([]);
  });

  test('do not read an entry with a scale that is none, and read those beside it', () => {
    const good = { ...entry({}), timestamp: '2021-05-10T20:08:52.919Z' };
    const [read, unread] = entriesAnswerSchema.parse([good, { ...good, scale: '12' }]);
    expect(read).toMatchObject({ code: '1000', scale: '100' });
    expect(unread).toMatchObject({ what: 'scale "12"' });
  });
});

describe('a settlement', () => {
  const { data } = exactFixture('bitpay/getSettlementsResponse.json', settlementsAnswerSchema);
  const report = exactFixture('bitpay/settlementReconciliationReport.CONSTRUCTED.json', reportAnswerSchema);
  const [first, second] = understood(data);

  test('is read from the sample, with the payments that its report names, each once', () => {
    expect(first && toProviderSettlement(first, report)).toEqual({
      id: 'KBkdURgmE3Lsy9VTnavZHX',
      currency: 'EUR',
      amount: '22.09',
      status: 'processing',
      from: Date.parse('2021-05-09T09:00:00.000Z'),
      to: Date.parse('2021-05-10T09:00:00.000Z'),
      at: null,
      references: ['Hpqc63wvE1ZjzeeH4kEycF', 'GZBBLcsgQamua3PN8GX92s'],
    });
  });

  test('was paid out when it is completed, and names no payments without a report', () => {
    expect(second && toProviderSettlement({ ...second, status: 'completed' }, undefined)).toMatchObject({
      amount: '35.88',
      at: Date.parse('2021-05-11T11:52:29.681Z'),
      references: null,
    });
  });
});
