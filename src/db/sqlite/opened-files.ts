// A file that is deleted, replaced or overwritten while SQLite has it open goes on taking transactions, into nothing. So what
// lies under the names is compared with what was opened. One that turned out to be damaged takes those that meet no damage,
// and is not believed any more.

import { randomInt } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseLost } from '../engine/database-errors.ts';
import { damageCode } from '../engine/database-failure.ts';
import type { SqliteConnection } from './connections.ts';

/** Where SQLite's header has the number that `pragma user_version` sets: four bytes, big-endian. */
const markPosition = 60;
const markMax = 2 ** 31 - 1;

export interface OpenedFiles {
  /** Throws DatabaseLost when they are not those that were opened. It takes a few microseconds. */
  require(): void;
  /** Hands on what becomes of the work, and remembers when it met damage. */
  watch<Result>(work: Promise<Result>): Promise<Result>;
  /** After the last connection is closed: SQLite's locks end with the first descriptor that a process closes. */
  close(): void;
}

/** `writer` has the file open; `beside`: other files that must stay, such as the claim. */
export function watchOpenedFiles(
  file: string,
  { writer, beside }: { writer: SqliteConnection; beside: string[] },
): OpenedFiles {
  // Whoever copies another database over this one leaves the file and takes the mark.
  const mark = randomInt(1, markMax);
  writer.pragma(`user_version = ${mark}`);
  writer.pragma('wal_checkpoint(passive)');
  const descriptor = openSync(file, 'r');
  const opened = [file, `${file}-wal`, `${file}-shm`, ...beside].map((path) => ({ path, id: identify(path) }));
  // A reader may hold up the checkpoint: until the mark is in the file, its absence says nothing.
  let isMarked = false;
  let damage: DatabaseLost | undefined;

  return {
    require() {
      if (damage !== undefined) throw damage;
      for (const { path, id } of opened) {
        const found = identify(path);
        if (found !== id) throw lost(path, found === undefined ? 'was deleted' : 'was replaced');
      }
      const isThere = readMark(descriptor) === mark;
      if (isMarked && !isThere) throw lost(file, 'was overwritten');
      isMarked = isThere;
    },
    async watch(work) {
      try {
        return await work;
      } catch (error) {
        const code = damageCode(error);
        if (code !== undefined) damage ??= lost(file, `was damaged (${code})`);
        throw error;
      }
    },
    close: () => closeSync(descriptor),
  };
}

function lost(path: string, what: string): DatabaseLost {
  return new DatabaseLost(
    `${path} ${what} while the product runs: nothing can be stored. Stop it and restore a backup`,
  );
}

/** Undefined when there is no such file. */
function identify(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

function readMark(descriptor: number): number {
  const bytes = Buffer.alloc(4);
  readSync(descriptor, bytes, { position: markPosition });
  return bytes.readUInt32BE();
}
