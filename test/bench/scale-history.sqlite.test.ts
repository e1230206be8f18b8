// What `npm run bench -- scale` measures on must be a shop as the product itself would have left it.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyLedger } from '#accounting/ledger/verify-ledger.ts';
import { openDatabase } from '#db/database/open-database.ts';
import { day } from '#kernel/clock.ts';
import { orderStatuses } from '#orders/order.ts';
import { balanceOf } from '#payments/model/balance.ts';
import { makeSqliteHistory } from '../../bench/scale/engines/sqlite-file.ts';
import { beganAt, daysClosed, endsAt, momentOf } from '../../bench/scale/history/period.ts';
import { writeHistory } from '../../bench/scale/history/write-history.ts';

const orders = 3_000;
let folder: string;
let file: string;
let connection: BetterSqlite3.Database;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillkeeper-scale-'));
  file = join(folder, 'history.db');
  await makeSqliteHistory({ orders, seed: 'test' }, file);
  connection = new BetterSqlite3(file, { readonly: true });
});
afterAll(() => {
  connection.close();
  rmSync(folder, { recursive: true });
});

const numberOf = (text: string): number => Number(connection.prepare(text).pluck().get());

/** The share of the orders for which the condition holds. */
const share = (condition: string): number => numberOf(`select count(*) from orders o where ${condition}`) / orders;

function hashOfRows(seed: string): string {
  const hash = createHash('sha256');
  const write = (table: string, row: object): void => void hash.update(`${table} ${JSON.stringify(row)}\n`);
  for (const _ of writeHistory({ orders: 300, seed }, write));
  return hash.digest('hex');
}

test('the same seed gives the same rows, and another seed others', () => {
  expect(hashOfRows('one')).toBe(hashOfRows('one'));
  expect(hashOfRows('two')).not.toBe(hashOfRows('one'));
});

test('orders lie on two years, more of them each month', () => {
  expect(numberOf('select min(created_at) from orders')).toBeGreaterThanOrEqual(beganAt);
  expect(numberOf('select max(created_at) from orders')).toBeLessThan(endsAt);
  expect(share(`o.created_at >= ${momentOf(0.5)}`)).toBeCloseTo(0.5, 2);
  expect(share(`o.created_at >= ${beganAt + (daysClosed / 2) * day}`)).toBeGreaterThan(0.6);
});

describe('the proportions are those of a shop', () => {
  test.each([
    ['are fulfilled', "o.status = 'fulfilled'", 0.6, 0.8],
    ['were never paid', "o.status = 'expired'", 0.15, 0.3],
    ['were refunded, in part or whole', "o.status in ('refunded', 'partially_refunded')", 0.01, 0.05],
    ['need attention', "o.status = 'needs_attention'", 0, 0.01],
    ['took more than one payment', '(select count(*) from payments p where p.order_id = o.id) > 1', 0.08, 0.2],
    ['are sales of the channel', "o.origin = 'provider'", 0.08, 0.16],
    ['are of a customer with an e-mail', 'o.customer_email is not null', 0.9, 1],
  ])('%s', (_, condition, least, most) => {
    expect(share(condition)).toBeGreaterThanOrEqual(least);
    expect(share(condition)).toBeLessThanOrEqual(most);
  });

  test('every provider has payments, and every status of an order is there but those of this very hour', () => {
    expect(numberOf('select count(distinct provider) from payments')).toBe(5);
    expect(numberOf('select count(distinct status) from orders')).toBeGreaterThanOrEqual(orderStatuses.length - 2);
  });

  test.each([
    'timeline_entries',
    'payment_transaction_ids',
    'refunds',
    'cases',
    'audit_records',
    'inbox_events',
    'outbox_messages',
    'idempotent_requests',
    'reconciliation_runs',
    'reconciliation_findings',
    'book_closings',
    'book_entries',
    'channel_sales',
    'channel_licences',
    'channel_subscriptions',
    'provider_figures',
    'settlements',
    'sent_messages',
    'products',
  ])('%s has rows', (table) => expect(numberOf(`select count(*) from ${table}`)).toBeGreaterThan(0));
});

describe('the promises of the product hold', () => {
  test('every reference leads to a row, and the file is whole', () => {
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  test('it has every index of the migrations', async () => {
    const plain = join(folder, 'plain.db');
    const database = await openDatabase({ target: { engine: 'sqlite', file: plain } });
    await database.migrate();
    await database.close();
    const list = "select name, sql from sqlite_master where type = 'index' order by name";
    const other = new BetterSqlite3(plain, { readonly: true });
    expect(connection.prepare(list).all()).toEqual(other.prepare(list).all());
    other.close();
  });

  test('the chain of the books is whole, over every day', async () => {
    const database = await openDatabase({ target: { engine: 'sqlite', file } });
    expect(await verifyLedger({ database })).toMatchObject({ kind: 'whole', count: daysClosed });
    await database.close();
  });

  test('an order that was delivered is covered by its payments', async () => {
    const database = await openDatabase({ target: { engine: 'sqlite', file } });
    const uncovered = await database.read(async (stores) => {
      const found = await stores.orders.listOrders({ statuses: ['fulfilled', 'paid'], before: null, limit: 500 });
      const isCovered = async (order: (typeof found)[number]): Promise<boolean> => {
        const payments = await stores.payments.listPaymentsForOrder(order.id);
        return balanceOf(order, payments, await stores.refunds.listRefundsForOrder(order.id)).isCovered;
      };
      const lacking: number[] = [];
      for (const order of found) if (!(await isCovered(order))) lacking.push(order.number);
      return lacking;
    });
    await database.close();
    expect(uncovered).toEqual([]);
  });
});
