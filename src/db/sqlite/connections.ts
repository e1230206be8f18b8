import { mkdirSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { journalTable, type Migration, pendingMigrations, readMigrations } from '../engine/migrations.ts';
import { createPrivateFile, isBusy } from './claim.ts';
import type { WritingConnection } from './commit-batcher.ts';

export type SqliteConnection = BetterSqlite3.Database;

/** How long to wait for another process's lock while the file is opened: nothing is served yet, and the event loop is blocked. */
const openWaitMs = 2_500;
/** A checkpoint that a long read delayed leaves a large log; it is truncated to this many bytes. */
const logBytesMax = 64 * 1024 * 1024;

/** The one path that all names of the file lead to. Creates the file, empty, if there is none. */
export function resolveFile(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  createPrivateFile(file);
  return realpathSync(file);
}

export function openWriter(file: string): SqliteConnection {
  const connection = new BetterSqlite3(file, { timeout: openWaitMs });
  connection.pragma('journal_mode = WAL');
  // FULL: a commit that was answered is on disk, whatever happens to the machine.
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma(`journal_size_limit = ${logBytesMax}`);
  return connection;
}

export function openReader(file: string): SqliteConnection {
  return new BetterSqlite3(file, { readonly: true, timeout: openWaitMs });
}

/** From now on a statement that finds the file locked fails at once, instead of holding up the event loop until it is not. */
export function refuseToWait(connection: SqliteConnection): void {
  connection.pragma('busy_timeout = 0');
}

/**
 * For checks and copies: writes nothing. It is not opened as read-only, because such a connection would leave a log and its
 * index beside a file that no process uses.
 */
export function openQueryOnly(file: string, waitMs: number): SqliteConnection {
  const connection = new BetterSqlite3(file, { fileMustExist: true, timeout: waitMs });
  connection.pragma('query_only = on');
  return connection;
}

export function asWritingConnection(connection: SqliteConnection): WritingConnection {
  const command = (text: string): (() => void) => {
    const statement = connection.prepare(text);
    return () => {
      statement.run();
    };
  };
  const rollbackTo = command('rollback to body');
  const release = command('release body');
  const begin = command('begin immediate');
  return {
    begin() {
      try {
        begin();
        return true;
      } catch (error) {
        if (isBusy(error)) return false;
        throw error;
      }
    },
    savepoint: command('savepoint body'),
    releaseSavepoint: release,
    rollbackToSavepoint() {
      // Rolling back leaves the savepoint open; without the release they would pile up.
      rollbackTo();
      release();
    },
    commit: command('commit'),
    rollback: command('rollback'),
    isInTransaction: () => connection.inTransaction,
  };
}

/** Whether nothing is pending. False also where that cannot be seen: applying then says why, or waits. */
export function isMigrated(connection: SqliteConnection): boolean {
  try {
    return pendingMigrations(readMigrations('sqlite'), readJournal(connection)).length === 0;
  } catch {
    return false;
  }
}

function readJournal(connection: SqliteConnection): string[] {
  return connection.prepare('select id from schema_migrations').pluck().all() as string[];
}

/** Applies what is pending, each migration in a transaction of its own; of two processes the second waits, then finds nothing to do. */
export function migrateSqlite(file: string): { applied: number } {
  const connection = openWriter(file);
  try {
    // A migration may build a table anew under its old name; the references are checked at its end instead.
    connection.pragma('foreign_keys = OFF');
    const migrations = readMigrations('sqlite');
    let applied = 0;
    while (applied <= migrations.length && applyNext(connection, migrations)) applied += 1;
    return { applied };
  } finally {
    connection.close();
  }
}

function applyNext(connection: SqliteConnection, migrations: readonly Migration[]): boolean {
  const apply = connection.transaction((): boolean => {
    connection.exec(`${journalTable('integer')} strict`);
    const [next] = pendingMigrations(migrations, readJournal(connection));
    if (next === undefined) return false;
    connection.exec(next.sql);
    const broken = connection.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) throw new Error(`migration ${next.id} leaves ${broken.length} broken references`);
    connection.prepare('insert into schema_migrations (id, applied_at) values (?, ?)').run(next.id, Date.now());
    return true;
  });
  return apply.immediate();
}
