// Copies of the database that are made while the product runs, as `npm run backup` makes them, and put back later.
import BetterSqlite3 from 'better-sqlite3';
import { backUpDatabase } from '#db/database/back-up-database.ts';
import { restoreDatabase } from '#db/database/restore-database.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { Journal } from '../engine/journal.ts';
import type { Disk } from '../machine/disk.ts';
import type { Operator } from './operator.ts';

export interface Backup {
  readonly file: string;
  readonly madeAt: Milliseconds;
  /** What was in the database at that moment. */
  readonly held: string;
}

export interface Restore {
  readonly backedUpAt: Milliseconds;
  readonly restoredAt: Milliseconds;
  /** What the backup had when it was made, and what the database has after the restore, before the product starts. */
  readonly held: string;
  readonly holds: string;
}

export interface Backups {
  readonly restores: readonly Restore[];
  /** Undefined when it was refused: the disk has no room, or there is no database yet. */
  make(): Promise<Backup | undefined>;
  /** Stops the product, puts the backup in place, and starts it again. */
  putBack(backup: Backup): Promise<void>;
}

const tables = ['orders', 'payments', 'refunds', 'cases', 'timeline_entries', 'audit_records', 'inbox_events'] as const;

export function createBackups(deps: {
  operator: Pick<Operator, 'maintain'>;
  disk: Disk;
  journal: Journal;
  now(): Milliseconds;
}): Backups {
  const { operator, disk, journal, now } = deps;
  const restores: Restore[] = [];
  const database = { engine: 'sqlite', file: disk.file } as const;
  let made = 0;

  function contentOf(file: string): string {
    const connection = disk.aside(() => new BetterSqlite3(file, { readonly: true }));
    try {
      const count = (table: string) => connection.prepare(`select count(*) from ${table}`).pluck().get();
      return tables.map((table) => `${count(table)} ${table}`).join(', ');
    } finally {
      connection.close();
    }
  }

  return {
    restores,
    async make() {
      made += 1;
      const target = `${disk.file}-backup-${made}`;
      try {
        const held = contentOf(disk.file);
        await disk.aside(() => backUpDatabase(database, { target, mayReplace: false }));
        journal.note('operator', `backup ${made}: ${held}`);
        return { file: target, madeAt: now(), held };
      } catch (error) {
        journal.note('operator', `backup ${made} was refused: ${wordsOf(error)}`);
        return undefined;
      }
    },
    putBack: (backup) =>
      operator.maintain(async () => {
        try {
          await disk.aside(() => restoreDatabase(database, { source: backup.file, isForced: false, now: now() }));
        } catch (error) {
          journal.note('operator', `the restore was refused: ${wordsOf(error)}`);
          return;
        }
        const holds = contentOf(disk.file);
        restores.push({ backedUpAt: backup.madeAt, restoredAt: now(), held: backup.held, holds });
        journal.note('operator', `restored: ${holds}`);
      }),
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
