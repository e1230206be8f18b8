import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { totalFees } from '#accounting/fees/total-fees.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';

let opened: TestDatabase;
afterEach(() => opened.remove());

/** More than a hundred thousand, by statements of SQL: through the stores they would take a minute. */
const count = 100_500;

function fill(file: string): void {
  const raw = new Database(file);
  raw.exec(`
    insert into orders (id, number, status, version, currency, amount_minor, items, metadata, origin, created_at,
      updated_at, expires_at, search_text, search_note)
    values ('order', 1, 'paid', 1, 'USD', 4900, '[]', '{}', 'store', 0, 0, 0, '', '');
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
    insert into payments (id, order_id, provider, status, version, creation, currency, amount_minor, requested_amount,
      requested_asset, credited_minor, details, transaction_ids, expires_at, created_at, updated_at, fee_amount,
      net_amount, figures_asset)
    select printf('%09d', i), 'order', 'bitpay', 'paid', 1, 'confirmed', 'USD', 4900, '49.00', 'USD', 4900, '[]', '[]',
      0, i / 7, 0, '0.49', '48.51', 'USD' from n;
  `);
  raw.close();
}

test('fees are summed over all payments, however many there are', async () => {
  opened = await openTestDatabase();
  fill(opened.file);
  expect(await totalFees(opened, { from: 0, to: count })).toEqual([
    { asset: 'USD', count, fee: '49245.00', net: '4875255.00' },
  ]);
}, 60_000);
