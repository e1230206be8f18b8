import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { backUpPostgres } from '#db/postgres/back-up-postgres.ts';
import { checkPostgres } from '#db/postgres/check-postgres.ts';
import { restorePostgres } from '#db/postgres/restore-postgres.ts';
import { systemClock } from '#kernel/clock.ts';
import { restoredKey } from '#messaging/queues/redraw-after-restore.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';

const now = Date.UTC(2026, 10, 25, 8, 15);
let server: TestPostgres;
let folder: string;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillkeeper-care-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (url: string): Promise<OpenDatabase> => openDatabase({ target: { engine: 'postgres', url } });
const count = (database: OpenDatabase): Promise<number> =>
  database.transaction((stores) => stores.orders.nextOrderNumber());

test('a backup that was made while the product ran is restored as it was, and what was there is kept', async () => {
  const url = await server.createDatabase();
  const copy = join(folder, 'copy.dump');
  const database = await open(url);
  const first = await count(database);
  expect(await backUpPostgres({ url, target: copy, mayReplace: false })).toMatchObject({ file: copy });
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  await count(database);
  await expect(restorePostgres({ url, source: copy, now })).rejects.toThrow('is in use: stop the product first');
  await database.close();

  const restored = await restorePostgres({ url, source: copy, now });
  expect(restored).toMatchObject({ pending: 0, keptAs: join(folder, 'before-restore-20261125T081500Z.dump') });
  const again = await open(url);
  expect(await count(again)).toBe(first + 1);
  // The first start draws the messages in the chats anew.
  expect(await again.read((stores) => stores.settings.findSetting(restoredKey))).toMatchObject({
    value: {},
    version: 1,
    updatedAt: now,
  });
  await again.close();
  const older = await restorePostgres({ url, source: restored.keptAs ?? '', now: now + 1_000 });
  expect(older.pending).toBe(0);
  const back = await open(url);
  expect(await count(back)).toBe(first + 2);
  await back.close();
  expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual([]);
});

test('a backup is put into an empty database too, and a file that is none is refused', async () => {
  const from = await server.createDatabase();
  const to = await server.createDatabase('none');
  const copy = join(folder, 'copy.dump');
  await backUpPostgres({ url: from, target: copy, mayReplace: false });
  expect(await restorePostgres({ url: to, source: copy, now })).toMatchObject({ keptAs: null, pending: 0 });
  writeFileSync(copy, 'a letter');
  await expect(restorePostgres({ url: to, source: copy, now })).rejects.toThrow(/^pg_restore failed: /);
});

test('the doctor reads version, rights, schema and clock, and says what is pending', async () => {
  const checks = await checkPostgres(await server.createDatabase(), systemClock);
  expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual(['server ok', 'schema ok', 'clock ok']);
  expect(checks[0]?.detail).toMatch(/^PostgreSQL 15\.\d+, can be written to$/);
  const ahead = { now: () => Date.now() + 60_000 };
  const [, empty, clock] = await checkPostgres(await server.createDatabase('none'), { ...systemClock, ...ahead });
  expect(empty).toMatchObject({ status: 'ok', detail: 'empty: the first start creates the tables' });
  expect(clock).toMatchObject({
    status: 'warning',
    detail: expect.stringMatching(/^its clock is (59|60)\.\d s behind ours$/),
  });
});

test('a server that is not there is one line, without the password', async () => {
  const [server] = await checkPostgres('postgres://till:CANARY@127.0.0.1:1/till', systemClock);
  expect(server).toMatchObject({ status: 'error', detail: 'cannot be used (ECONNREFUSED)' });
});
