import { afterAll, beforeAll, expect, test } from 'vitest';
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
  const orders = await findOrders(opened, { text, limit: 20 });
  const shown = orders.map(({ number }) => (amounts[number - 1] ?? []).join(' '));
  expect(shown.toSorted()).toEqual(found.toSorted());
});
