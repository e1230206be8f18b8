import { copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { DatabaseLost } from '#db/engine/database-errors.ts';
import { backUpSqlite } from '#db/sqlite/back-up-sqlite.ts';
import { rejectionOf } from '../contract/harness.ts';
import { sampleAudit } from '../contract/samples.ts';
import { openSqliteContract, type SqliteContractDatabase } from '../contract/sqlite.ts';

const record = ({ database }: SqliteContractDatabase, id: string): Promise<void> =>
  database.transaction((stores) => stores.audit.record(sampleAudit(id)));

/** A backup of the database as it is. */
async function copyOf(opened: SqliteContractDatabase): Promise<string> {
  const { file } = await backUpSqlite({ file: opened.file, target: `${opened.file}.copy`, mayReplace: false });
  return file;
}

const losses: [string, (opened: SqliteContractDatabase) => Promise<void>, RegExp][] = [
  ['deleted', async ({ file }) => rmSync(file), /tillkeeper\.db was deleted while the product runs/],
  [
    'deleted with all its neighbours',
    async ({ file }) => {
      for (const end of ['', '-wal', '-shm', '-claim']) rmSync(`${file}${end}`);
    },
    /tillkeeper\.db was deleted/,
  ],
  ['moved away', async ({ file }) => renameSync(file, `${file}.old`), /tillkeeper\.db was deleted/],
  [
    'replaced by another file',
    async (opened) => renameSync(await copyOf(opened), opened.file),
    /tillkeeper\.db was replaced/,
  ],
  [
    'overwritten by a backup of its own',
    async (opened) => copyFileSync(await copyOf(opened), opened.file),
    /tillkeeper\.db was overwritten/,
  ],
  ['emptied', async ({ file }) => truncateSync(file), /tillkeeper\.db was overwritten/],
  ['left without its log', async ({ file }) => rmSync(`${file}-wal`), /-wal was deleted/],
  [
    'given another log',
    async ({ file }) => {
      rmSync(`${file}-wal`);
      writeFileSync(`${file}-wal`, '');
    },
    /-wal was replaced/,
  ],
  ['left without its index', async ({ file }) => rmSync(`${file}-shm`), /-shm was deleted/],
  ['left without its claim', async ({ file }) => rmSync(`${file}-claim`), /-claim was deleted/],
];

test.each(losses)(
  'a file that is %s while it is open takes nothing more, and says why',
  async (_how, lose, message) => {
    await using opened = await openSqliteContract();
    await record(opened, 'before');
    await opened.database.check();
    await lose(opened);
    const asked = [
      record(opened, 'after'),
      opened.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 1 })),
      opened.database.check(),
    ];
    for (const error of await Promise.all(asked.map(rejectionOf))) {
      expect(error).toBeInstanceOf(DatabaseLost);
      expect(error).toHaveProperty('message', expect.stringMatching(message));
    }
  },
);

test('a transaction is not answered as stored when its file was taken away under it', async () => {
  await using opened = await openSqliteContract();
  const torn = opened.database.transaction(async (stores) => {
    await stores.audit.record(sampleAudit('torn'));
    rmSync(opened.file);
  });
  expect(await rejectionOf(torn)).toMatchObject({ name: 'CommitFailed', cause: { name: 'DatabaseLost' } });
});

test('a file that turns out to be damaged takes nothing more, and is not ready', async () => {
  await using opened = await openSqliteContract();
  await record(opened, 'before');
  // All that the cache of neither connection holds is gone.
  const other = new BetterSqlite3(opened.file);
  other.pragma('wal_checkpoint(truncate)');
  other.close();
  truncateSync(opened.file, 8 * 4_096);
  const list = () => opened.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 1 }));
  expect(await rejectionOf(list())).toMatchObject({ code: 'SQLITE_CORRUPT' });
  for (const error of await Promise.all([record(opened, 'after'), list(), opened.database.check()].map(rejectionOf))) {
    expect(error).toBeInstanceOf(DatabaseLost);
    expect(error).toHaveProperty('message', expect.stringMatching(/tillkeeper\.db was damaged \(SQLITE_CORRUPT\)/));
  }
});

test('a file that is put back where it was is used again', async () => {
  await using opened = await openSqliteContract();
  renameSync(opened.file, `${opened.file}.old`);
  expect(await rejectionOf(record(opened, 'a'))).toBeInstanceOf(DatabaseLost);
  renameSync(`${opened.file}.old`, opened.file);
  await record(opened, 'b');
  await opened.database.check();
});

test('other programs that read, write or tidy up the file beside the product do not look like a loss', async () => {
  await using opened = await openSqliteContract();
  await record(opened, 'a');
  const other = new BetterSqlite3(opened.file);
  other.exec('update counters set value = value; pragma wal_checkpoint(truncate); vacuum');
  await record(opened, 'b');
  other.close();
  await record(opened, 'c');
  await opened.database.check();
});
