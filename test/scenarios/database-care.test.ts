// Backup and restore as an operator does them, with the product at work between.
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import type { PlacedOrder } from '#test/support/app-fixture/shop-client.ts';
import { type MainRun, runMain } from '#test/support/process/run-main.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const run = (app: AppFixture, ...words: string[]): Promise<MainRun> => runMain(words, app.environment);
const copyIn = (app: AppFixture, name: string): string => join(dirname(app.file), name);

/** Places orders one after the other until it is stopped; their ids. */
function takeOrders(app: AppFixture): () => Promise<string[]> {
  let isEnding = false;
  const ids: string[] = [];
  const taking = (async () => {
    while (!isEnding) ids.push((await app.placeOrder()).id);
  })();
  return async () => {
    isEnding = true;
    await taking;
    return ids;
  };
}

test('a backup of a shop that is taking orders is one moment of it, and the shop runs on from it', async () => {
  await using app = await openAppFixture();
  const before = await app.placeOrder();
  const copy = copyIn(app, 'copy.db');
  const stopOrders = takeOrders(app);
  const backup = await run(app, 'backup', copy);
  const meanwhile = await stopOrders();
  expect(backup).toMatchObject({ status: 0, lines: [expect.stringContaining(`read through: ${copy}`)] });
  expect(meanwhile.length).toBeGreaterThan(1);
  const after = await app.placeOrder();
  await app.close();

  const restored = await run(app, 'restore', copy);
  expect(restored.status, restored.said).toBe(0);
  const keptAs = /kept as (.*)$/m.exec(restored.lines.join('\n'))?.[1] ?? '';
  await app.open();
  expect((await app.getOrder(before.id)).number).toBe(before.number);
  expect((await app.send(`/v1/orders/${after.id}`)).status).toBe(404);
  // What came in one transaction is there as a whole or not at all.
  const inOrder = [before.id, ...meanwhile, after.id];
  const shown = await Promise.all(inOrder.map(async (id) => (await app.send(`/v1/orders/${id}`)).status));
  expect(new Set(shown)).toEqual(new Set([200, 404]));
  expect(shown.toSorted()).toEqual(shown);
  const kept = new BetterSqlite3(keptAs, { readonly: true });
  expect(kept.prepare('select count(*) from orders where id = ?').pluck().get(after.id)).toBe(1);
  kept.close();
});

test('after a restore the card of a case shows what is stored again', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'overpay');
  const alert = await app.awaitCard(({ text }) => text.includes('24.50 USD overpaid'));
  const copy = copyIn(app, 'copy.db');
  expect((await run(app, 'backup', copy)).status).toBe(0);
  const cardNow = () => app.pagerMessages().find(({ messageId }) => messageId === alert.messageId) ?? alert;
  await app.tap(alert, 'Acknowledge');
  await awaitUntil(() => cardNow().text.includes('Acknowledged by Ada'), { what: 'the card that is acknowledged' });
  await app.close();
  expect((await run(app, 'restore', copy)).status).toBe(0);
  await app.open();
  await awaitUntil(() => !cardNow().text.includes('Acknowledged'), { what: 'the card of the open case' });
  expect(buttonsOf(cardNow())).toContain('Acknowledge');
  expect(app.pagerMessages().filter(({ text }) => text.includes('24.50 USD overpaid'))).toHaveLength(1);
});

test('a backup is for nobody else to read, and replaces a file only when it is told to', async () => {
  await using app = await openAppFixture();
  const copy = copyIn(app, 'copy.db');
  writeFileSync(copy, 'a letter');
  const refused = await run(app, 'backup', copy);
  expect(refused).toMatchObject({ status: 1, said: expect.stringContaining('add --force to replace it') });
  expect(readFileSync(copy, 'utf8')).toBe('a letter');
  expect(await run(app, 'backup', copy, '--force')).toMatchObject({ status: 0 });
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(await run(app, 'backup', app.file, '--force')).toMatchObject({
    status: 1,
    said: expect.stringContaining('is the database itself'),
  });
});

test('a restore is refused while the product runs, and changes nothing', async () => {
  await using app = await openAppFixture();
  const copy = copyIn(app, 'copy.db');
  await run(app, 'backup', copy);
  const order = await app.placeOrder();
  const files = readdirSync(dirname(app.file));
  const refused = await run(app, 'restore', copy, '--force');
  expect(refused).toMatchObject({ status: 1, said: expect.stringContaining('is in use: stop the product first') });
  expect(readdirSync(dirname(app.file))).toEqual(files);
  expect((await app.getOrder(order.id)).number).toBe(order.number);
});

test('what a killed product left in its log is kept with the database of before', async () => {
  await using app = await openAppFixture();
  const copy = copyIn(app, 'copy.db');
  await run(app, 'backup', copy);
  const order = await app.placeOrder();
  // The files as a killed process leaves them.
  const crashed = copyIn(app, 'crashed.db');
  for (const end of ['', '-wal']) copyFileSync(`${app.file}${end}`, `${crashed}${end}`);
  expect(statSync(`${crashed}-wal`).size).toBeGreaterThan(0);
  const restored = await runMain(['restore', copy], { DATABASE_URL: `file:${crashed}` });
  expect(restored.status, restored.said).toBe(0);
  expect(existsSync(`${crashed}-wal`)).toBe(false);
  const keptAs = /kept as (.*)$/m.exec(restored.lines.join('\n'))?.[1] ?? '';
  const counts = [keptAs, crashed].map((file) => {
    const database = new BetterSqlite3(file, { readonly: true });
    const count = database.prepare('select count(*) from orders where id = ?').pluck().get(order.id);
    database.close();
    return count;
  });
  expect(counts).toEqual([1, 0]);
});

describe('a file', () => {
  let app: AppFixture;
  let order: PlacedOrder;
  let good: Buffer;
  beforeAll(async () => {
    app = await openAppFixture();
    const copy = copyIn(app, 'good.db');
    await run(app, 'backup', copy);
    good = readFileSync(copy);
    order = await app.placeOrder();
    await app.close();
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test.each<[string, (copy: string) => void, string]>([
    ['that is no database', (copy) => writeFileSync(copy, 'Dear shop, this is no database.'), 'not a database'],
    ['that is another program’s', foreign, 'is not a database of Tillkeeper'],
    ['that is cut off', (copy) => truncateSync(copy, 40_960), 'malformed'],
    ['of a later release', newer, 'was migrated by a later release'],
  ])('%s is not restored', async (_what, spoil, reason) => {
    const copy = copyIn(app, 'spoilt.db');
    writeFileSync(copy, good);
    spoil(copy);
    const refused = await run(app, 'restore', copy);
    expect(refused).toMatchObject({ status: 1, said: expect.stringContaining(reason) });
    const database = new BetterSqlite3(app.file, { readonly: true });
    expect(database.prepare('select count(*) from orders where id = ?').pluck().get(order.id)).toBe(1);
    database.close();
    expect(readdirSync(dirname(app.file)).filter((name) => /part|before/.test(name))).toEqual([]);
  });
});

function foreign(copy: string): void {
  const database = new BetterSqlite3(copy);
  database.exec('drop table schema_migrations');
  database.close();
}

function newer(copy: string): void {
  const database = new BetterSqlite3(copy);
  database.exec("insert into schema_migrations (id, applied_at) values ('9999_from_the_future', 1)");
  database.close();
}

test('a database that is damaged gives way to a backup once it is said that nobody uses it', async () => {
  await using app = await openAppFixture();
  const copy = copyIn(app, 'copy.db');
  const order = await app.placeOrder();
  await run(app, 'backup', copy);
  await app.close();
  writeFileSync(app.file, 'lightning struck here');
  expect(await run(app, 'restore', copy)).toMatchObject({
    status: 1,
    said: expect.stringContaining('stop it, then add --force'),
  });
  expect(await run(app, 'restore', copy, '--force')).toMatchObject({ status: 0 });
  await app.open();
  expect((await app.getOrder(order.id)).number).toBe(order.number);
});

test('a word too few or too many is answered with the usage', async () => {
  for (const words of [['backup'], ['restore', 'one', 'two'], ['backup', 'one', '--quick']]) {
    const { status, said } = await runMain(words, {});
    expect({ status, said }).toEqual({ status: 64, said: `usage: main.ts ${words[0]} FILE [--force]\n` });
  }
});
