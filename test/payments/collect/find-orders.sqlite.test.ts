import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asOrderId } from '#kernel/ids.ts';
import { parseMoney } from '#kernel/money.ts';
import { findOrders } from '#payments/collect/find-orders.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { sampleOrder } from '../../db/contract/samples.ts';

let opened: TestDatabase;
const amounts: readonly [amount: string, currency: string][] = [
  ['600.00', 'USD'],
  ['600', 'JPY'],
  ['60000', 'JPY'],
  ['600.000', 'KWD'],
  ['49.00', 'USD'],
  ['4900', 'JPY'],
  ['4.900', 'KWD'],
  ['12.345', 'KWD'],
  ['4990.50', 'HUF'],
];

beforeAll(async () => {
  opened = await openTestDatabase();
  await opened.database.transaction(async ({ orders }) => {
    for (const [index, [amount, currency]] of amounts.entries()) {
      const id = asOrderId(`order-${index}`);
      await orders.insertOrder({ ...sampleOrder(index + 1), id, ...parseMoney(amount, currency) });
    }
  });
});
afterAll(() => opened.remove());
const numbersFound = async (text: string) =>
  (await findOrders(opened, { text, limit: 20 })).orders.map(({ number }) => number);

test.each([
  ['600', ['600.00 USD', '600 JPY', '600.000 KWD']],
  ['600 JPY', ['600 JPY']],
  ['600 jpy', ['600 JPY']],
  ['60000', ['60000 JPY']],
  ['49.00', ['49.00 USD']],
  ['49.00 USD', ['49.00 USD']],
  ['49 EUR', []],
  ['4900', ['4900 JPY']],
  ['4.9', ['4.900 KWD']],
  ['12.345', ['12.345 KWD']],
  ['4990.5 HUF', ['4990.50 HUF']],
  ['600 QQQ', []],
  ['5 constructor', []],
])('the amount %j finds %j: without a currency in each that has it', async (text, found) => {
  const { orders } = await findOrders(opened, { text, limit: 20 });
  const shown = orders.map(({ number }) => (amounts[number - 1] ?? []).join(' '));
  expect(shown.toSorted()).toEqual(found.toSorted());
});

describe('words', () => {
  beforeAll(() =>
    opened.database.transaction(async ({ orders }) => {
      await orders.insertOrder(sampleOrder(101, { customerEmail: 'Ann@example.org', customerName: '“Ann” 100%' }));
      await orders.insertOrder(sampleOrder(102, { customerEmail: 'joann@example.org', reference: 'cart-7' }));
      await orders.insertOrder(sampleOrder(103, { customerName: '👩‍💻 Zoë', note: 'cart-7 again' }));
    }),
  );

  test.each([
    ['ann@example.org', [101]],
    ['  ANN@example.org\n', [101]],
    ['\u200bann@ex\u2060ample.org\ufeff', [101]],
    ['cart-7', [102]],
    ['ann@example', [102, 101]],
    ['cart', [103, 102]],
    ['T-103', [103]],
  ])('%j finds %j: parts only where nothing is called just so', async (text, numbers) => {
    expect(await numbersFound(text)).toEqual(numbers);
  });

  test.each([
    ['%', [101]],
    ['_', []],
    ['“', [101]],
    ['"', []],
    ["'; drop table orders; --", []],
    ['👩‍💻', [103]],
    ['Zoe\u0308', [103]],
    ['\ud83d', []],
    ['\u0000', []],
    ['\u200b', []],
    ['* OR NEAR(', []],
    ['x'.repeat(10_240), []],
    ['👩‍💻'.repeat(150), []],
    ['%_'.repeat(400), []],
  ])('%j finds %j, whatever a search may make of it', async (text, numbers) => {
    expect(await numbersFound(text)).toEqual(numbers);
  });
});
