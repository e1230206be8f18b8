import { afterAll, beforeAll, expect, test } from 'vitest';
import { isDatabaseFailure } from '#db/engine/database-failure.ts';
import { openTestPostgres, startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { rejectionOf } from '../contract/harness.ts';
import { openPostgresContract } from '../contract/postgres.ts';
import { sampleAudit } from '../contract/samples.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());
const open = openPostgresContract(() => server);

test('a statement that is wrong is no failure of the database', async () => {
  await using opened = await open();
  const write = () => opened.database.transaction((stores) => stores.audit.record(sampleAudit('a')));
  await write();
  expect(isDatabaseFailure(await rejectionOf(write()))).toBe(false);
});

test.each([
  ['ended under a query', 'perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1);'],
  ['only readable', "raise exception 'x' using errcode = 'read_only_sql_transaction';"],
  ['full', "raise exception 'x' using errcode = 'disk_full';"],
  ['shutting down', "raise exception 'x' using errcode = 'admin_shutdown';"],
])('a server whose session is %s failed', async (_what, body) => {
  await using opened = await open();
  await opened.raw(`create function fail() returns trigger language plpgsql as $$ begin ${body} return null; end $$`);
  await opened.raw('create trigger fail_at_insert before insert on audit_records for each row execute function fail()');
  const failing = opened.database.transaction((stores) => stores.audit.record(sampleAudit('a')));
  expect(isDatabaseFailure(await rejectionOf(failing))).toBe(true);
});

test('a server that is gone failed, for reading and for writing', async () => {
  const own = await startPostgres();
  await using opened = await openTestPostgres(own);
  await own.stop();
  const { database } = opened;
  expect(isDatabaseFailure(await rejectionOf(database.read((stores) => stores.orders.findOrder('x' as never))))).toBe(
    true,
  );
  expect(
    isDatabaseFailure(await rejectionOf(database.transaction((stores) => stores.audit.record(sampleAudit('a'))))),
  ).toBe(true);
});
