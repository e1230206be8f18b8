import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { day } from '#kernel/clock.ts';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import { compareWithExport } from '#payments/channels/compare-with-export.ts';
import type { KnownPayment } from '#payments/channels/pair-by-buyer.ts';
import type { ExportedAmounts, ExportedOrder } from '#payments/ports/sales-channel.ts';
import { aPayment } from '#test/support/builders/payment.ts';

const noon = Date.UTC(2026, 10, 20, 12);

function there(change: Partial<ExportedOrder & ExportedAmounts> & { id?: string | null } = {}): ExportedOrder {
  const { id = 'A1', amount = '9.00', otherwise = amount, returned = '0', ...rest } = change;
  return {
    line: 2,
    lineCount: 1,
    reference: id === null ? null : asProviderReference(id),
    currencies: ['USD'],
    customerEmail: 'ann@example.org',
    readings: [{ amount, otherwise, returned }],
    productNames: ['Field Guide'],
    soldAt: noon,
    ...rest,
  };
}

function here(
  change: { id?: string; minor?: number; at?: number; status?: 'paid' | 'cancelled' } & Partial<KnownPayment> = {},
): KnownPayment {
  const { id = 'A1', minor = 900, at = noon, status = 'paid', ...rest } = change;
  const payment = aPayment({
    id: asPaymentId(`payment-${id}`),
    provider: 'payhip',
    reference: asProviderReference(id),
    status,
    amountMinor: minor,
    currency: 'USD',
    createdAt: at,
  });
  return { payment, customerEmail: 'Ann@example.org', returnedMinor: 0, ...rest };
}

const compare = (sales: ExportedOrder[], known: KnownPayment[]) =>
  compareWithExport({ there: sales, here: known, sold: new Set() });
const wordsOf = async (sales: ExportedOrder[], known: KnownPayment[]) =>
  (await compare(sales, known)).differences.map(({ kind, healing }) => `${kind}/${healing.kind}`);

describe('a channel order of the export', () => {
  test('that is here as it is there is no difference', async () => {
    expect(await compare([there()], [here()])).toMatchObject({ compared: 1, differences: [] });
  });

  test.each<[what: string, channelOrder: ExportedOrder, known: KnownPayment[], words: string]>([
    ['that is unknown here comes in', there(), [], 'missing_here/add_sale'],
    ['without a transaction is for a person', there({ id: null }), [], 'missing_here/none'],
    ['without a currency is for a person', there({ currencies: [] }), [], 'missing_here/none'],
    ['of nothing is for a person', there({ amount: '0.00' }), [], 'missing_here/none'],
    ['of another amount is for a person', there({ amount: '8.00' }), [here()], 'amount/none'],
    ['in another currency is for a person', there({ currencies: ['EUR'] }), [here()], 'currency/none'],
    ['of which more went back is booked', there({ returned: '9.00' }), [here()], 'status/book_return'],
    [
      'of which nobody knows how much went back is for a person',
      there({ returned: 'unknown' }),
      [here()],
      'status/none',
    ],
    ['that was rejected here is for a person', there(), [here({ status: 'cancelled' })], 'status/none'],
  ])('%s', async (_what, channelOrder, known, words) => {
    expect(await wordsOf([channelOrder], known)).toEqual([words]);
  });

  test('with a smaller refund than ours is as old as the export, and no difference', async () => {
    expect(await wordsOf([there({ returned: '4.00' })], [here({ returnedMinor: 900 })])).toEqual([]);
    expect(await wordsOf([there({ returned: 'unknown' })], [here({ returnedMinor: 1 })])).toEqual([]);
  });

  test('in several lines may add up to our amount, or repeat it', async () => {
    const lines = { lineCount: 2, amount: '5.00', otherwise: '9.00' };
    expect(await wordsOf([there(lines)], [here()])).toEqual([]);
    expect(await wordsOf([there({ ...lines, amount: '9.00', otherwise: '18.00' })], [here()])).toEqual([]);
  });

  test('that only reports a refund has no amount to differ', async () => {
    expect(await wordsOf([there({ amount: '0.00', returned: '4.00' })], [here()])).toEqual(['status/book_return']);
  });
});

describe('without a common transaction', () => {
  test('the same buyer, amount and day match the two', async () => {
    expect(await wordsOf([there({ id: null })], [here()])).toEqual([]);
    expect(await wordsOf([there({ id: 'other-number' })], [here()])).toEqual([]);
  });

  test.each<[what: string, channelOrder: ExportedOrder]>([
    ['another buyer', there({ id: null, customerEmail: 'bob@example.org' })],
    ['no buyer', there({ id: null, customerEmail: null })],
    ['another amount', there({ id: null, amount: '9.01' })],
    ['another day', there({ id: null, soldAt: noon - 2 * day })],
    ['no day', there({ id: null, soldAt: null })],
  ])('%s does not', async (_what, channelOrder) => {
    expect(await wordsOf([channelOrder], [here()])).toContain('missing_here/none');
  });

  test('two possible matches are none: nothing is guessed', async () => {
    expect(await wordsOf([there({ id: null })], [here(), here({ id: 'B2' })])).toContain('missing_here/none');
    expect(await wordsOf([there({ id: null }), there({ id: null, line: 3 })], [here()])).toEqual([
      'missing_here/none',
      'missing_here/none',
    ]);
  });

  test('a payment that its own line names is not taken for another line', async () => {
    expect(await wordsOf([there(), there({ id: 'B2', line: 3 })], [here()])).toEqual(['missing_here/add_sale']);
  });
});

describe('a payment of ours', () => {
  const around = [there({ id: 'X', soldAt: noon - 5 * day }), there({ id: 'Y', soldAt: noon + 5 * day })];
  const known = [here({ id: 'X', at: noon - 5 * day }), here({ id: 'Y', at: noon + 5 * day })];

  test('between the days of the export and not in it is missing there', async () => {
    expect(await wordsOf(around, [...known, here({ id: 'gone' })])).toEqual(['missing_there/none']);
  });

  test.each([
    ['of its first day', noon - 4.5 * day],
    ['of its last day', noon + 4.5 * day],
    ['before it', noon - 9 * day],
    ['after it', noon + 9 * day],
  ])('%s is not called missing', async (_when, at) => {
    expect(await wordsOf(around, [...known, here({ id: 'edge', at })])).toEqual([]);
  });

  test('is missing there also where the lines stand in another order, and none is where the export has one day', async () => {
    const middle = there({ id: 'M', soldAt: noon });
    const [first, last] = around;
    if (first === undefined || last === undefined) throw new Error('there are two');
    const all = [...known, here({ id: 'M' }), here({ id: 'gone' })];
    expect(await compare([last, middle, first], all)).toMatchObject({
      window: { from: noon - 5 * day, to: noon + 5 * day },
      differences: [{ kind: 'missing_there' }],
    });
    expect((await compare([middle], [here({ id: 'M' })])).window).toEqual({ from: noon, to: noon });
    expect((await compare([there({ soldAt: null })], [])).window).toBeNull();
  });

  test('that was rejected is not called missing, and an export without dates calls none so', async () => {
    expect(await wordsOf(around, [...known, here({ id: 'gone', status: 'cancelled' })])).toEqual([]);
    expect(await wordsOf([there({ soldAt: null })], [here(), here({ id: 'gone' })])).toEqual([]);
  });
});

test('every channel order is compared once, and no payment of ours is updated twice', async () => {
  const channelOrder = fc.record({
    id: fc.constantFrom('A', 'B', 'C', null),
    amount: fc.constantFrom('9.00', '8.00'),
    returned: fc.constantFrom('0', '4.00', 'unknown' as const),
    soldAt: fc.constantFrom(noon, noon + day, null),
  });
  const known = fc.uniqueArray(fc.constantFrom('A', 'B', 'D'), { maxLength: 3 });
  const sales = fc.uniqueArray(channelOrder, { selector: ({ id }) => id ?? Symbol('none'), maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(sales, known, async (exported, ids) => {
      const list = exported.map((one, index) => there({ ...one, line: index + 2 }));
      const { compared, differences } = await compare(
        list,
        ids.map((id) => here({ id })),
      );
      expect(compared).toBeGreaterThanOrEqual(list.length);
      expect(compared).toBeLessThanOrEqual(list.length + ids.length);
      const healed = differences.filter(({ healing }) => healing.kind !== 'none');
      const named = healed.map(({ payment, channelOrder: one }) => payment?.id ?? one?.reference);
      expect(new Set(named).size).toBe(named.length);
      for (const { healing, payment } of healed) {
        expect(healing.kind === 'add_sale').toBe(payment === null);
      }
    }),
  );
});

test('an export of which too many payments are in its days calls none of them missing there', async () => {
  const around = [there({ id: 'X', soldAt: noon - 5 * day }), there({ id: 'Y', soldAt: noon + 5 * day })];
  const known = [here({ id: 'X', at: noon - 5 * day }), here({ id: 'Y', at: noon + 5 * day }), here({ id: 'gone' })];
  const all = { there: around, here: known, sold: new Set<string>() };
  expect(await compareWithExport(all)).toMatchObject({ compared: 3, differences: [{ kind: 'missing_there' }] });
  const some = await compareWithExport({ ...all, isWhole: false });
  expect(some).toMatchObject({ compared: 2, differences: [], isWhole: false });
});

test('a buyer of more orders than anybody can tell apart is paired with none of them', async () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, line) => there({ id: null, line, soldAt: noon + line * 3 * day }));
  const ours = (count: number) =>
    Array.from({ length: count }, (_, index) => here({ id: `p${index}`, at: noon + index * 3 * day }));
  expect((await compare(lines(50), ours(50))).differences).toEqual([]);
  expect((await compare(lines(51), ours(50))).differences.length).toBeGreaterThan(50);
});

test('twenty thousand lines beside as many payments leave other work its turn', async () => {
  const lines = Array.from({ length: 20_000 }, (_, line) => there({ id: null, line }));
  const ours = Array.from({ length: 20_000 }, (_, index) => here({ id: `p${index}` }));
  let turns = 0;
  const beat = setInterval(() => {
    turns += 1;
  });
  await compare(lines, ours).finally(() => clearInterval(beat));
  expect(turns).toBeGreaterThan(20);
});
