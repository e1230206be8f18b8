import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import { DatabaseInUse, MaintenanceRefused } from '#db/engine/database-errors.ts';
import { restoreSqlite } from '#db/sqlite/restore-sqlite.ts';
import { rejectionOf } from '../contract/harness.ts';
import { sampleAudit } from '../contract/samples.ts';
import { openSqliteContract } from '../contract/sqlite.ts';

const openAgain = (file: string) => openDatabase({ target: { engine: 'sqlite', file }, claimWaitMs: 0 });

test('a file that is open has one owner, by whatever path the second comes, and a refusal changes nothing', async () => {
  await using opened = await openSqliteContract();
  await opened.database.transaction((stores) => stores.audit.record(sampleAudit('a')));
  const folder = dirname(opened.file);
  const link = join(folder, 'link.db');
  symlinkSync(opened.file, link);
  const linkedFolder = join(folder, 'linked');
  symlinkSync(folder, linkedFolder);
  const before = [opened.file, `${opened.file}-wal`].map((file) => readFileSync(file));
  const names = [opened.file, relative(process.cwd(), opened.file), link, join(linkedFolder, 'tillkeeper.db')];
  for (const name of names) {
    const error = await rejectionOf(openAgain(name));
    expect(error, name).toBeInstanceOf(DatabaseInUse);
    expect(error).toHaveProperty('message', expect.stringContaining(`another process uses ${opened.file}`));
  }
  expect([opened.file, `${opened.file}-wal`].map((file) => readFileSync(file))).toEqual(before);
});

test('a file with a second name of its own is refused: under each it would have another log, and another owner', async () => {
  await using opened = await openSqliteContract();
  const second = join(dirname(opened.file), 'hard-link.db');
  linkSync(opened.file, second);
  expect(await rejectionOf(openAgain(second))).toHaveProperty('message', expect.stringContaining('a second name'));
  rmSync(second);
  await opened.database.check();
});

test('the claim is for the user of the product alone, and ends with an orderly close', async () => {
  await using opened = await openSqliteContract();
  expect(statSync(`${opened.file}-claim`).mode & 0o777).toBe(0o600);
  await opened.database.close();
  const again = await openAgain(opened.file);
  await again.close();
});

test('the claim of a process that was killed is gone with it', async () => {
  await using opened = await openSqliteContract();
  await opened.database.close();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'append-and-report.ts'), opened.file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(await rejectionOf(openAgain(opened.file))).toBeInstanceOf(DatabaseInUse);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const again = await openAgain(opened.file);
  await again.close();
});

test('a file that cannot be opened is not claimed for ever', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-claim-'));
  const file = join(folder, 'folder.db');
  mkdirSync(file);
  for (const _try of [1, 2]) expect(await rejectionOf(openAgain(file))).not.toBeInstanceOf(DatabaseInUse);
  rmSync(folder, { recursive: true });
});

test('a restore through a link replaces the file and keeps the link, and a database in use is not restored', async () => {
  await using opened = await openSqliteContract();
  await opened.database.transaction((stores) => stores.audit.record(sampleAudit('a')));
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-links-'));
  const link = join(folder, 'link.db');
  symlinkSync(opened.file, link);
  await using copied = await openSqliteContract();
  await copied.database.close();
  const restore = (source: string) => restoreSqlite({ file: link, source, isForced: true, now: 0 });
  expect(await rejectionOf(restore(copied.file))).toBeInstanceOf(MaintenanceRefused);
  await opened.database.close();
  expect(await rejectionOf(restore(opened.file))).toHaveProperty('message', expect.stringContaining('is the database'));
  await restore(copied.file);
  expect(await opened.raw('select id from audit_records')).toEqual([]);
  expect(readFileSync(link)).toEqual(readFileSync(opened.file));
  rmSync(folder, { recursive: true });
});
