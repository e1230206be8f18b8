// Checks the file as the product would use it, and changes nothing. This process may be using it: the file is opened through
// SQLite only, because closing it otherwise would release SQLite's locks, and no check waits for a lock.

import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { clip } from '#kernel/text.ts';
import { checkMigrations } from '../engine/check-migrations.ts';
import { openQueryOnly } from './connections.ts';

const mebibyte = 1024 * 1024;
/** Below the first the check gives a warning; below the second an error: the next busy day may fill the disk. */
const freeWarningBytes = 1024 * mebibyte;
const freeErrorBytes = 100 * mebibyte;

export async function checkSqlite(
  file: string,
  limit: { quickCheckMaxMs: Milliseconds; signal: AbortSignal },
): Promise<SetUpCheck[]> {
  const path = resolve(file);
  const folder = nearestFolder(dirname(path));
  if (!mayWrite(folder)) {
    const advice = 'let the user that runs the product write there, or set DATABASE_URL to another place';
    return [errorCheck('file', { detail: `${folder} cannot be written to`, advice })];
  }
  const place = [...checkPlace(statfsSync(folder).type), checkSpace(folder)];
  if (!existsSync(path)) return [okCheck('file', `${path} does not exist yet: the first start creates it`), ...place];
  const { file: opened, isReadable } = checkFile(path);
  if (!isReadable) return [opened, ...place];
  return [opened, checkSchema(path), ...place, await checkIntegrity(path, limit)];
}

/** The nearest folder that exists; the first start creates those below it. */
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function checkFile(path: string): { file: SetUpCheck; isReadable: boolean } {
  const size = `${(statSync(path).size / mebibyte).toFixed(1)} MB`;
  if (!mayWrite(path)) {
    const finding = {
      detail: `${path} cannot be written to`,
      advice: 'let the user that runs the product write to it',
    };
    return { file: errorCheck('file', finding), isReadable: true };
  }
  if (statSync(path).nlink > 1) {
    const finding = {
      detail: `${path} has a second name (a hard link)`,
      advice: 'delete that one, or copy the file: used under both it is spoilt, and the start refuses it',
    };
    return { file: errorCheck('file', finding), isReadable: true };
  }
  try {
    tryLock(path);
    return { file: okCheck('file', `${path}, ${size}, can be written to`), isReadable: true };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'SQLITE_BUSY') {
      return { file: okCheck('file', `${path}, ${size}, is being written to at this moment`), isReadable: true };
    }
    const advice =
      'check that DATABASE_URL names the right file; if it does, restore a backup: npm run restore -- FILE';
    return { file: errorCheck('file', { detail: `${path} cannot be used (${code})`, advice }), isReadable: false };
  }
}

/** Takes the lock of a writer and releases it. */
function tryLock(path: string): void {
  const connection = new BetterSqlite3(path, { fileMustExist: true, timeout: 0 });
  try {
    connection.exec('begin immediate; rollback');
  } finally {
    connection.close();
  }
}

function checkSchema(path: string): SetUpCheck {
  const connection = openQueryOnly(path, 0);
  try {
    const hasJournal = connection.prepare("select 1 from sqlite_schema where name = 'schema_migrations'").get();
    const ids = hasJournal ? connection.prepare('select id from schema_migrations').pluck().all() : [];
    return checkMigrations('sqlite', ids as string[]);
  } catch (error) {
    return warningCheck('schema', { detail: `unknown (${codeOf(error)})`, advice: 'check again in a moment' });
  } finally {
    connection.close();
  }
}

/** Linux's numbers of file systems over a network, where locks and SQLite's shared index cannot be relied on. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
]);

export function checkPlace(fileSystem: number): SetUpCheck[] {
  const network = networkFileSystems.get(fileSystem);
  if (network === undefined) return [];
  const advice = 'move the file to a disk of this machine, or use PostgreSQL';
  const detail = `the file is on a network file system (${network}), where SQLite may lose what it stored`;
  return [warningCheck('place', { detail, advice })];
}

function checkSpace(folder: string): SetUpCheck {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const detail = `${(free / mebibyte / 1024).toFixed(1)} GB free`;
  if (free >= freeWarningBytes) return okCheck('space', detail);
  const finding = { detail, advice: `make room on the disk of ${folder}` };
  return free < freeErrorBytes ? errorCheck('space', finding) : warningCheck('space', finding);
}

async function checkIntegrity(
  path: string,
  limit: { quickCheckMaxMs: Milliseconds; signal: AbortSignal },
): Promise<SetUpCheck> {
  const script = join(import.meta.dirname, 'quick-check.ts');
  const { promise, resolve: settle } = Promise.withResolvers<SetUpCheck>();
  const options = { timeout: limit.quickCheckMaxMs, killSignal: 'SIGKILL', signal: limit.signal } as const;
  execFile(process.execPath, [script, path], options, (error, stdout) => {
    const [fault] = stdout.trim().split('\n');
    if (fault) {
      const advice = 'stop the product and restore the last good backup: npm run restore -- FILE';
      settle(errorCheck('integrity', { detail: `the file is damaged: ${clip(fault, 120)}`, advice }));
    } else if (error === null) settle(okCheck('integrity', 'no damage found'));
    else if (error.killed || error.name === 'AbortError') {
      const advice = 'run sqlite3 FILE "pragma quick_check" on a backup';
      settle(
        warningCheck('integrity', { detail: `the file is too large to read in ${limit.quickCheckMaxMs} ms`, advice }),
      );
    } else
      settle(
        warningCheck('integrity', { detail: 'the file could not be read through', advice: 'check again in a moment' }),
      );
  });
  return promise;
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.name : 'unknown reason';
}
