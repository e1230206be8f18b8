import { chmodSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { MaintenanceRefused } from '../engine/database-errors.ts';
import { openQueryOnly } from './connections.ts';

const lockWaitMs = 2_500;
const faultsMax = 3;
/** All pages in one step: the copy is one snapshot however busy the writer is; in several steps each write would restart it. */
const allPages = 0x7fff_ffff;

/** Copies the database as it is at this moment, also while it is in use, into a new file. */
export async function copySqlite(from: string, to: string): Promise<void> {
  const source = open(from);
  try {
    await source.backup(to, { progress: () => allPages });
  } catch (error) {
    throw refused(from, error);
  } finally {
    source.close();
  }
  const copy = new BetterSqlite3(to, { fileMustExist: true });
  try {
    // Moves everything into one file, without a log.
    copy.pragma('journal_mode = delete');
    // The mark of the running product: a copy that is put over the product's file must not look like that file.
    copy.pragma('user_version = 0');
  } finally {
    copy.close();
  }
  chmodSync(to, 0o600);
}

/** Reads the whole file; returns its applied migrations. Throws MaintenanceRefused when it is damaged or of another program. */
export function verifySqlite(file: string, name: string): string[] {
  const connection = open(file);
  try {
    const faults = connection.pragma(`integrity_check(${faultsMax})`) as { integrity_check: string }[];
    const [fault] = faults.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    if (fault !== undefined) throw new MaintenanceRefused(`${name} is damaged: ${fault}`);
    const broken = connection.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) throw new MaintenanceRefused(`${name} is damaged: ${broken.length} broken references`);
    return readJournal(connection, name);
  } catch (error) {
    throw error instanceof MaintenanceRefused ? error : refused(name, error);
  } finally {
    connection.close();
  }
}

function readJournal(connection: BetterSqlite3.Database, name: string): string[] {
  const journal = connection.prepare("select 1 from sqlite_schema where name = 'schema_migrations'").get();
  if (journal === undefined) throw new MaintenanceRefused(`${name} is not a database of Tillkeeper`);
  return connection.prepare('select id from schema_migrations').pluck().all() as string[];
}

function open(file: string): BetterSqlite3.Database {
  try {
    return openQueryOnly(file, lockWaitMs);
  } catch (error) {
    throw refused(file, error);
  }
}

function refused(name: string, error: unknown): MaintenanceRefused {
  const why = error instanceof Error ? error.message : 'unknown reason';
  return new MaintenanceRefused(`${name} cannot be read: ${why}`, { cause: error });
}
