// A database from before it was written down what a payment brought: the first start of this release works it out.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import { readMigrations } from '#db/engine/migrations.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import type { Payment } from '#payments/model/payment.ts';
import { countCaptured } from '#payments/sync/count-captured.ts';
import { createScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, detailsOf, placeTestOrder } from '#test/support/scenario-kits/payment-kit.ts';

/** What the database was migrated with before this release. */
const wasMigrated = (id: string): boolean => id < '0008';

async function openOld() {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-old-'));
  const file = join(folder, 'till.db');
  const old = new Database(file);
  old.exec('create table schema_migrations (id text primary key not null, applied_at integer not null)');
  for (const { id, sql } of readMigrations('sqlite').filter((migration) => wasMigrated(migration.id))) {
    old.exec(sql);
    old.prepare('insert into schema_migrations (id, applied_at) values (?, 1)').run(id);
  }
  // The stores of today write them with each order and payment.
  old.exec("create virtual table order_trigrams using fts5(text, content='', contentless_delete=1)");
  old.exec('alter table orders add counted_status text');
  const database = await openDatabase({ target: { engine: 'sqlite', file } });
  const made = createTestDeps(database);
  const deps = { ...made, providers: createScriptedProviders(['btcpay'], made.clock) };
  return {
    database,
    deps,
    async migrate() {
      old.exec('drop table order_trigrams');
      old.exec('alter table orders drop column counted_status');
      old.close();
      await database.migrate();
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const came = (receivedAmount: string): Partial<Payment> => ({
  expectedAmount: '49.00',
  receivedAmount,
  receivedAsset: 'USD',
  capturedMinor: 0,
  nextPollAt: null,
});

test('counts once what came, and asks for no more than the rest from then on', async () => {
  await using old = await openOld();
  const { deps } = old;
  const place = (differences: Partial<Payment>) => placeTestOrder(deps, differences);
  const short = await place({ ...came('20.00'), status: 'underpaid' });
  const over = await place({ ...came('60.00'), status: 'overpaid' });
  const late = await place({ ...came('49.00'), status: 'paid_late' });
  const paid = await place({ status: 'paid', capturedMinor: 0 });
  const inCoin = await place({
    status: 'underpaid',
    capturedMinor: 0,
    nextPollAt: null,
    expectedAmount: '0.002',
    receivedAmount: '0.0005',
    receivedAsset: 'BTC',
  });
  const open = await place({ status: 'created', capturedMinor: 0 });
  const reversed = await place({ ...came('49.00'), status: 'reversed' });
  const away = await place({ ...came('20.00'), status: 'underpaid', provider: 'bitpay' });
  await old.migrate();
  const updatedAt = (await detailsOf(deps, short)).payment.updatedAt;
  expect(await countCaptured(deps)).toEqual({ counted: 5 });
  const credit = async (id: typeof short) => (await detailsOf(deps, id)).payment.capturedMinor;
  expect(await Promise.all([short, over, late, paid, inCoin].map(credit))).toEqual([2000, 6000, 4900, 4900, 1225]);
  expect(await Promise.all([open, reversed].map(credit))).toEqual([0, 0]);
  expect((await detailsOf(deps, short)).payment.updatedAt).toBe(updatedAt);
  expect(await countCaptured(deps)).toEqual({ counted: 0 });
  const { order } = await detailsOf(deps, short);
  await createPaymentLink(deps, { orderId: order.id, provider: 'btcpay', actor: { kind: 'admin', id: '42' } });
  const { payments } = await detailsOf(deps, short);
  expect(payments.at(-1)?.amountMinor).toBe(2900);
  // Only BitPay could say what became of it: it is counted when it is there again.
  expect(await credit(away)).toBe(-1);
  const withBitpay = { ...deps, providers: createScriptedProviders(['btcpay', 'bitpay'], deps.clock) };
  expect(await countCaptured(withBitpay)).toEqual({ counted: 1 });
});
