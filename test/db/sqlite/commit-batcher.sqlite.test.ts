import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { CommitFailed, DatabaseUnavailable } from '#db/engine/database-errors.ts';
import type { GroupCommit, OpenDatabase } from '#db/engine/open-options.ts';
import { countStatements } from '#test/support/database/count-statements.ts';
import { rejectionOf } from '../contract/harness.ts';
import { sampleAudit } from '../contract/samples.ts';
import { openSqliteContract } from '../contract/sqlite.ts';

const record = (database: OpenDatabase, id: string, action = 'order.cancel'): Promise<void> =>
  database.transaction((stores) => stores.audit.record(sampleAudit(id, { action })));

test('transactions that wait together share one commit, and no commit is larger than its bound', async () => {
  const commits: GroupCommit[] = [];
  await using opened = await openSqliteContract({ onGroupCommit: (info) => commits.push(info) });
  await Promise.all(Array.from({ length: 40 }, (_, index) => record(opened.database, `first-${index}`)));
  // One commit, or a few where the machine was so slow that the group was held too long.
  expect(commits.length).toBeLessThan(10);
  expect(commits.reduce((sum, commit) => sum + commit.transactions, 0)).toBe(40);
  await Promise.all(Array.from({ length: 600 }, (_, index) => record(opened.database, `second-${index}`)));
  expect(Math.max(...commits.map((commit) => commit.transactions))).toBeLessThanOrEqual(256);
  expect(opened.database.commitStats()).toEqual({ waiting: 0, commits: commits.length, transactions: 640 });
});

test('a failed COMMIT rejects everyone who shares it, stores nothing of it, and does not harm the next', async () => {
  await using opened = await openSqliteContract();
  const { database } = opened;
  await opened.breakCommits();
  // The first use of a statement builds it, and may take longer than a group is held on a busy machine.
  await record(database, 'first');
  const group = await Promise.allSettled([
    record(database, 'a'),
    record(database, 'b', 'break'),
    record(database, 'c'),
  ]);
  for (const result of group) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(CommitFailed) });
  }
  expect(await opened.raw('select id from audit_records')).toEqual([{ id: 'first' }]);
  await record(database, 'd');
  expect(await opened.raw('select id from audit_records order by id')).toEqual([{ id: 'd' }, { id: 'first' }]);
});

test('each transaction runs to its end before the next begins', async () => {
  await using opened = await openSqliteContract();
  const steps: string[] = [];
  const run = (name: string): Promise<void> =>
    opened.database.transaction(async (stores) => {
      steps.push(`${name} begins`);
      await stores.audit.record(sampleAudit(`${name}-1`));
      await stores.audit.listAudit({ subject: null, limit: 5 });
      await stores.audit.record(sampleAudit(`${name}-2`));
      steps.push(`${name} ends`);
    });
  await Promise.all([run('a'), run('b'), run('c')]);
  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('while another process locks the file every transaction is refused, and work goes on once it is unlocked', async () => {
  await using opened = await openSqliteContract({ lockWaitMaxMs: 100 });
  const other = new BetterSqlite3(opened.file);
  other.exec('begin immediate');
  const waiting = await Promise.allSettled([record(opened.database, 'a'), record(opened.database, 'b')]);
  for (const result of waiting) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) });
  }
  expect(await rejectionOf(opened.database.check())).toBeInstanceOf(DatabaseUnavailable);
  other.exec('rollback');
  other.close();
  await record(opened.database, 'c');
  await opened.database.check();
});

test('while another process locks the file the event loop is free, and what waits is stored once it is unlocked', async () => {
  await using opened = await openSqliteContract();
  const other = new BetterSqlite3(opened.file);
  other.exec('begin immediate');
  const waiting = Promise.all([record(opened.database, 'a'), opened.database.check()]);
  // The lock is given back by this same thread: it could not be, if the transactions waited on it.
  for (let turn = 0; turn < 5; turn += 1) await sleep(10);
  const late = record(opened.database, 'b');
  other.exec('rollback');
  other.close();
  await Promise.all([waiting, late]);
  expect(await opened.raw('select id from audit_records order by id')).toEqual([{ id: 'a' }, { id: 'b' }]);
});

test('a transaction that came late to a locked file waits its own time, not that of the first', async () => {
  await using opened = await openSqliteContract({ lockWaitMaxMs: 3_000 });
  const other = new BetterSqlite3(opened.file);
  other.exec('begin immediate');
  const first = rejectionOf(record(opened.database, 'a'));
  await sleep(1_500);
  const second = record(opened.database, 'b');
  expect(await first).toHaveProperty('message', 'another process has locked the database for 3000 ms');
  other.exec('rollback');
  other.close();
  await second;
});

test('a read that meets a locked file is tried again without holding up the event loop', async () => {
  await using opened = await openSqliteContract({ lockWaitMaxMs: 5_000 });
  let tries = 0;
  const read = opened.database.read(async (stores) => {
    tries += 1;
    if (tries === 1) throw new BetterSqlite3.SqliteError('database is locked', 'SQLITE_BUSY_RECOVERY');
    return stores.audit.listAudit({ subject: null, limit: 1 });
  });
  expect(await read).toEqual([]);
  expect(tries).toBe(2);
});

test('a readiness check writes to the file, and frequent checks do not write more often', async () => {
  await using opened = await openSqliteContract();
  const other = new BetterSqlite3(opened.file, { readonly: true });
  const writes = (): unknown =>
    other.prepare("select value from counters where name = 'readiness_probe'").pluck().get();
  await opened.database.check();
  expect(writes()).toBe(1);
  await opened.database.check();
  expect(writes()).toBe(1);
  other.close();
});

test('a transaction that is alone needs no savepoint, and leaves nothing behind when it throws', async () => {
  await using opened = await openSqliteContract();
  const fail = (id: string): Promise<void> =>
    opened.database.transaction(async (stores) => {
      await stores.audit.record(sampleAudit(id));
      throw new Error(`${id} changed its mind`);
    });
  const { savepoints } = await countStatements(async () => {
    await record(opened.database, 'a');
    expect(await rejectionOf(fail('b'))).toMatchObject({ message: 'b changed its mind' });
    await record(opened.database, 'c');
  });
  expect(savepoints).toBe(0);
  const group = await Promise.allSettled([record(opened.database, 'd'), fail('e'), record(opened.database, 'f')]);
  expect(group.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const ids = (await opened.raw('select id from audit_records order by id')).map(({ id }) => id);
  expect(ids).toEqual(['a', 'c', 'd', 'f']);
});

test('whoever comes while one runs that was alone and fails is stored', async () => {
  await using opened = await openSqliteContract();
  const outside = new AsyncResource('another');
  let late: Promise<void> | undefined;
  const first = opened.database.transaction(async (stores) => {
    await stores.audit.record(sampleAudit('a'));
    late = outside.runInAsyncScope(() => record(opened.database, 'b'));
    throw new Error('not this one');
  });
  expect(await rejectionOf(first)).toMatchObject({ message: 'not this one' });
  await late;
  expect(await opened.raw('select id from audit_records')).toEqual([{ id: 'b' }]);
});
