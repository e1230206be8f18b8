import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import { checkPlace, checkSqlite } from '#db/sqlite/check-sqlite.ts';
import type { SetUpCheck } from '#diagnostics/set-up-check.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';

const look = (file: string, quickCheckMaxMs = 10_000): Promise<SetUpCheck[]> =>
  checkSqlite(file, { quickCheckMaxMs, signal: new AbortController().signal });
const drawn = (checks: readonly SetUpCheck[]): string[] => checks.map(({ name, status }) => `${name} ${status}`);
const find = (checks: readonly SetUpCheck[], name: string) => checks.find((check) => check.name === name);

test('a file that is in use, and written to at this moment, is ok and stays in use', async () => {
  await using opened = await openTestDatabase();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const writing = opened.database.transaction(async (stores) => {
    const number = await stores.orders.nextOrderNumber();
    begin();
    await held;
    return number;
  });
  await begun;
  const during = await look(opened.file);
  release();
  expect(await writing).toBeGreaterThan(0);
  expect(drawn(during)).toEqual(['file ok', 'schema ok', 'space ok', 'integrity ok']);
  expect(find(during, 'file')?.detail).toContain('is being written to at this moment');
  expect(find(await look(opened.file), 'file')?.detail).toContain('can be written to');
  expect(await opened.database.transaction((stores) => stores.orders.nextOrderNumber())).toBeGreaterThan(0);
});

test('checking leaves the file and its folder as they were', async () => {
  await using opened = await openTestDatabase();
  await opened.database.close();
  const before = { bytes: readFileSync(opened.file), files: readdirSync(dirname(opened.file)) };
  await look(opened.file);
  expect(readFileSync(opened.file).equals(before.bytes)).toBe(true);
  expect(readdirSync(dirname(opened.file))).toEqual(before.files);
});

test('a file that does not exist yet is no error, and is not created', async () => {
  await using opened = await openTestDatabase();
  const file = join(dirname(opened.file), 'data', 'till.db');
  const checks = await look(file);
  expect(drawn(checks)).toEqual(['file ok', 'space ok']);
  expect(checks[0]?.detail).toContain('the first start creates it');
  expect(readdirSync(dirname(opened.file))).not.toContain('data');
});

test('migrations that are pending are a warning, those of a later release are an error', async () => {
  await using opened = await openTestDatabase();
  await opened.database.close();
  const database = new BetterSqlite3(opened.file);
  database.exec("delete from schema_migrations where id like '0001%'");
  expect(find(await look(opened.file), 'schema')).toMatchObject({
    status: 'warning',
    detail: '1 migration is pending',
  });
  database.exec("insert into schema_migrations (id, applied_at) values ('9999_from_the_future', 1)");
  expect(find(await look(opened.file), 'schema')).toMatchObject({
    status: 'error',
    detail: expect.stringContaining('9999_from_the_future'),
  });
  database.close();
});

test('a file that is no database is an error, and not checked further', async () => {
  await using opened = await openTestDatabase();
  const letter = join(dirname(opened.file), 'letter.db');
  writeFileSync(letter, 'Dear shop, this is not a database at all.');
  const checks = await look(letter);
  expect(drawn(checks)).toEqual(['file error', 'space ok']);
  expect(checks[0]).toMatchObject({ detail: expect.stringContaining('SQLITE_NOTADB') });
});

test('a file with a second name is an error, as the start refuses it', async () => {
  await using opened = await openTestDatabase();
  linkSync(opened.file, join(dirname(opened.file), 'second.db'));
  const checks = await look(opened.file);
  expect(find(checks, 'file')).toMatchObject({ status: 'error', detail: expect.stringContaining('a second name') });
  expect(find(checks, 'integrity')?.status).toBe('ok');
});

test('a file that is damaged inside is found', async () => {
  await using opened = await openTestDatabase();
  await opened.database.close();
  const descriptor = openSync(opened.file, 'r+');
  const pages = statSync(opened.file).size / 4_096;
  for (let page = 10; page < pages; page += 10) writeSync(descriptor, Buffer.alloc(512, 7), 0, 512, page * 4_096);
  closeSync(descriptor);
  expect(find(await look(opened.file), 'integrity')).toMatchObject({
    status: 'error',
    advice: expect.stringContaining('npm run restore'),
  });
});

test('a file that takes too long to read through is not waited for', async () => {
  await using opened = await openTestDatabase();
  // Where this process stands still meanwhile, the look may be over first: then it is asked again.
  await expect
    .poll(async () => find(await look(opened.file, 1), 'integrity'))
    .toMatchObject({ status: 'warning', detail: 'the file is too large to read in 1 ms' });
});

test('what the start makes is for nobody else to read', async () => {
  await using opened = await openTestDatabase();
  const file = join(dirname(opened.file), 'new', 'till.db');
  const database = await openDatabase({ target: { engine: 'sqlite', file } });
  await database.migrate();
  await database.transaction((stores) => stores.orders.nextOrderNumber());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
  await database.close();
});

test('a folder that cannot be written to is an error for users other than root', async () => {
  await using opened = await openTestDatabase();
  const folder = join(dirname(opened.file), 'closed');
  mkdirSync(folder);
  chmodSync(folder, 0o555);
  const [first] = await look(join(folder, 'till.db'));
  const isRoot = process.getuid?.() === 0;
  expect(first?.status).toBe(isRoot ? 'ok' : 'error');
});

test('a file on a network file system is a warning that names it; a disk of the machine is not spoken of', () => {
  expect(checkPlace(0x6969)).toEqual([expect.objectContaining({ name: 'place', status: 'warning' })]);
  expect(checkPlace(0x6969)[0]).toHaveProperty('detail', expect.stringContaining('NFS'));
  // ext4, tmpfs, overlayfs.
  for (const local of [0xef53, 0x01021994, 0x794c7630]) expect(checkPlace(local)).toEqual([]);
});
