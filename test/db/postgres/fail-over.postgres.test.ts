// What a fail-over leaves behind: sessions that are read-only, cut off, ended or out of date. The pool must not keep them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import { DatabaseUnavailable } from '#db/engine/database-errors.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { startTcpProxy } from '#test/support/database/tcp-proxy.ts';
import { createSignal, rejectionOf } from '../contract/harness.ts';
import { openPostgresContract } from '../contract/postgres.ts';
import { sampleAudit, sampleOrder } from '../contract/samples.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());
const open = openPostgresContract(() => server);

const record = (database: OpenDatabase, id: string): Promise<void> =>
  database.transaction((stores) => stores.audit.record(sampleAudit(id)));

/** Opens as many sessions, each used by a read at the same time. */
async function openSessions(database: OpenDatabase, count: number): Promise<void> {
  const isFull = createSignal();
  let reading = 0;
  await Promise.all(
    Array.from({ length: count }, () =>
      database.read(async () => {
        reading += 1;
        if (reading === count) isFull.give();
        await isFull.given;
      }),
    ),
  );
}

const terminateOthers = `select pg_terminate_backend(pid, 5000) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

test('sessions that were opened while the server was read-only are gone as soon as it is not', async () => {
  await using opened = await open();
  const { database } = opened;
  const setting = (how: string) => {
    const alter = `do $$ begin execute format('alter database %I ${how}', current_database()); end $$`;
    return opened.raw(`begin read write; ${alter}; commit`);
  };
  await setting('set default_transaction_read_only = on');
  await openSessions(database, 10);
  expect(await rejectionOf(record(database, 'refused'))).toBeInstanceOf(DatabaseUnavailable);
  expect(await rejectionOf(database.check())).toMatchObject({ message: 'the database is read-only' });
  await openSessions(database, 10);
  await setting('reset default_transaction_read_only');
  for (let count = 0; count < 12; count += 1) await database.check();
  await openSessions(database, 10);
  await Promise.all(Array.from({ length: 30 }, (_, index) => record(database, `stored-${index}`)));
  expect(await opened.raw('select id from audit_records')).toHaveLength(30);
});

test('sessions behind connections that were cut without a word cost seconds, not the minutes of a network', async () => {
  await using opened = await open();
  const url = new URL(opened.url);
  await using proxy = await startTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  const database = await openDatabase({ target: { engine: 'postgres', url: url.href } });
  await openSessions(database, 8);
  proxy.freeze();
  // These sessions have just answered, and are not asked again before a read.
  const find = () => database.read((stores) => stores.orders.findOrder(sampleOrder(1).id));
  expect(await Promise.all([find(), find()])).toEqual([undefined, undefined]);
  await Promise.all(['a', 'b', 'c'].map((id) => record(database, id)));
  await database.check();
  expect(await opened.raw('select id from audit_records')).toHaveLength(3);
  await database.close();
});

test('a server that ended all sessions is used again at once, and a body that was interrupted runs again', async () => {
  await using opened = await open();
  const { database } = opened;
  await openSessions(database, 6);
  await opened.raw(terminateOthers);
  await database.read((stores) => stores.orders.findOrder(sampleOrder(1).id));
  await Promise.all(['a', 'b', 'c'].map((id) => record(database, id)));
  let runs = 0;
  await database.transaction(async (stores) => {
    runs += 1;
    await stores.audit.record(sampleAudit('d'));
    if (runs === 1) await opened.raw(terminateOthers);
    await stores.audit.record(sampleAudit('e'));
  });
  expect(runs).toBe(2);
  expect(await opened.raw('select id from audit_records')).toHaveLength(5);
});

test('a plan that a migration made stale does not stay in its session', async () => {
  await using opened = await open();
  const { database } = opened;
  const order = sampleOrder(1);
  await database.transaction((stores) => stores.orders.insertOrder(order));
  const find = () => database.read((stores) => stores.orders.findOrder(order.id));
  expect(await find()).toEqual(order);
  await opened.raw('alter table orders alter column currency type varchar(20)');
  expect(await find()).toEqual(order);
  expect(await find()).toEqual(order);
});

test('a statement that fails by its own fault costs no session', async () => {
  await using opened = await open();
  const { database } = opened;
  const pidOf = async (): Promise<number[]> =>
    (
      await opened.raw(
        "select pid from pg_stat_activity where application_name = 'tillkeeper' and datname = current_database()",
      )
    ).map(({ pid }) => Number(pid));
  await record(database, 'a');
  const before = await pidOf();
  expect(await rejectionOf(record(database, 'a'))).toMatchObject({ code: '23505' });
  await rejectionOf(database.read((stores) => stores.audit.record(sampleAudit('b'))));
  await record(database, 'c');
  expect(before).toHaveLength(1);
  expect(await pidOf()).toEqual(before);
});
