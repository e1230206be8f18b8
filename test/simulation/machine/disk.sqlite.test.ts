import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CommitBatcher, createCommitBatcher } from '#db/sqlite/commit-batcher.ts';
import { type OwnedFile, openOwnedFile } from '#db/sqlite/owned-file.ts';
import { createStream } from '../engine/random.ts';
import { type CommitMoment, createDisk, type Disk, useDisk, watchDriver } from './disk.ts';

watchDriver();

let folder: string;
let disk: Disk;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillkeeper-disk-'));
  disk = createDisk(join(folder, 'till.db'), createStream('disk'));
  useDisk(disk);
});
afterEach(() => {
  disk.endConnections();
  useDisk(undefined);
  rmSync(folder, { recursive: true });
});

const accountsCount = 60;
const tables = `
  create table if not exists facts (id integer primary key, half text not null, filling blob) strict;
  create table if not exists accounts (id integer primary key, amount integer not null, filling blob) strict;
  insert into accounts
    with recursive ids (id) as (select 0 union all select id + 1 from ids where id < ${accountsCount - 1})
    select id, 0, zeroblob(3000) from ids where true on conflict do nothing;
`;

interface Started {
  owned: OwnedFile;
  batcher: CommitBatcher;
  isAlive(): boolean;
  /** The process ends at its next commit. */
  endAt(moment: CommitMoment): void;
}

function start(): Started {
  let isAlive = true;
  let ending: CommitMoment | undefined;
  disk.use({
    isAlive: () => isAlive,
    endsAtCommit: () => ending,
    end() {
      isAlive = false;
      disk.endConnections();
    },
  });
  const owned = openOwnedFile(disk.file, { claimWaitMs: 0 });
  owned.writer.exec(tables);
  // So few pages that many a commit is followed by a checkpoint.
  owned.writer.pragma('wal_autocheckpoint = 20');
  const batcher = createCommitBatcher(owned.writing, {
    transactionsMax: 10,
    holdMaxMs: 1_000,
    bodyMaxMs: 1_000,
    lockWaitMaxMs: 1_000,
    onCommitted: () => undefined,
  });
  return {
    owned,
    batcher,
    isAlive: () => isAlive,
    endAt(moment) {
      ending = moment;
    },
  };
}

/**
 * So many transactions as one group; the ids of those that were answered. Each has two rows, and moves an amount between two
 * accounts on different pages.
 */
async function storeGroup({ owned, batcher }: Started, ids: readonly number[]): Promise<number[]> {
  const insert = owned.writer.prepare('insert into facts (id, half, filling) values (?, ?, zeroblob(?))');
  const move = owned.writer.prepare('update accounts set amount = amount + ? where id = ?');
  const stored = await Promise.allSettled(
    ids.map((id) =>
      batcher.run(async () => {
        insert.run(2 * id, 'first', 3_000);
        move.run(id, (id * 7) % accountsCount);
        move.run(-id, (id * 31 + 5) % accountsCount);
        insert.run(2 * id + 1, 'second', (id * 977) % 9_000);
      }),
    ),
  );
  return ids.filter((_, index) => stored[index]?.status === 'fulfilled');
}

function idsOnDisk(): number[] {
  const connection = disk.aside(() => new BetterSqlite3(disk.file));
  try {
    expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
    const halves = connection.prepare('select count(*) from facts where id % 2 = 1').pluck().get();
    const ids = connection.prepare('select id / 2 from facts where id % 2 = 0 order by id').pluck().all() as number[];
    expect(halves).toBe(ids.length);
    expect(connection.prepare('select sum(amount) from accounts').pluck().get()).toBe(0);
    return ids;
  } finally {
    connection.close();
  }
}

test.each(['before', 'torn', 'after'] as const)(
  'a process that ends %s a commit leaves what was answered, and of its last group all or nothing',
  async (moment) => {
    const chance = createStream(`ends ${moment}`);
    const answered: number[] = [];
    let next = 1;
    let lost = 0;
    const nextGroup = (): number[] => Array.from({ length: chance.between(1, 4) }, () => next++);
    for (let life = 0; life < 60; life += 1) {
      const process = start();
      for (let group = chance.int(5); group > 0; group -= 1) answered.push(...(await storeGroup(process, nextGroup())));
      process.endAt(moment);
      const lastGroup = nextGroup();
      expect(await storeGroup(process, lastGroup)).toEqual([]);
      expect(process.isAlive()).toBe(false);
      const found = idsOnDisk();
      // Old bytes behind the torn ones may happen to be the same as those that are lost.
      const isThere = moment === 'after' || (moment === 'torn' && found.length > answered.length);
      if (isThere) answered.push(...lastGroup);
      else lost += 1;
      expect(found).toEqual(answered);
    }
    expect(answered.length).toBeGreaterThan(100);
    expect(lost > 0).toBe(moment !== 'after');
  },
);

test('a process that has ended opens the database no more', async () => {
  const process = start();
  process.endAt('before');
  await storeGroup(process, [1]);
  expect(() => openOwnedFile(disk.file, { claimWaitMs: 0 })).toThrow('the database');
  expect(start().isAlive()).toBe(true);
});

test.each(['pages', 'log'] as const)(
  'a disk without room for %s refuses what is new, and takes it later',
  async (what) => {
    const process = start();
    await storeGroup(process, [1, 2]);
    disk.setFull(what);
    expect(await storeGroup(process, [3, 4])).toEqual([]);
    expect(await storeGroup(process, [5])).toEqual([]);
    // What changes nothing needs no room.
    await process.batcher.run(async () => undefined);
    disk.setFull(undefined);
    expect(await storeGroup(process, [6, 7])).toEqual([6, 7]);
    expect(idsOnDisk()).toEqual([1, 2, 6, 7]);
  },
);
