// A file that is deleted, replaced or overwritten while SQLite has it open goes on taking transactions, into nothing. So what
// lies under the names is compared with what was opened. One that turned out to be damaged takes those that meet no damage,
// and is not believed any more.

import { randomInt } from 'node:crypto';
import { type BigIntStats, closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Milliseconds } from '#kernel/clock.ts';
import { DatabaseLost } from '../engine/database-errors.ts';
import { damageCode } from '../engine/database-failure.ts';
import type { SqliteConnection } from './connections.ts';

/** Where SQLite's header has the number that `pragma user_version` sets: four bytes, big-endian. */
const markPosition = 60;
const markMax = 2 ** 31 - 1;
/** How long a read may rely on the look that another read took. */
const lookEveryMs: Milliseconds = 20;

export interface OpenedFiles {
  /** Throws DatabaseLost when they are not those that were opened. It takes a dozen microseconds. */
  require(): void;
  /** The same for reads, which come in bursts and lose nothing: the last look of this kind may be a moment old. */
  requireForRead(): void;
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
  const opened = [file, `${file}-wal`, `${file}-shm`, ...beside].map((path) => ({ path, known: identify(path) }));
  // A reader may hold up the checkpoint: until the mark is in the file, its absence says nothing.
  let isMarked = false;
  let damage: DatabaseLost | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  function look(): void {
    for (const { path, known } of opened) {
      const found = identify(path);
      if (found === undefined) throw lost(path, 'was deleted');
      if (found.ino !== known?.ino || found.dev !== known.dev) throw lost(path, 'was replaced');
    }
    const isThere = readMark(descriptor) === mark;
    if (isMarked && !isThere) throw lost(file, 'was overwritten');
    isMarked = isThere;
  }

  return {
    require() {
      if (damage !== undefined) throw damage;
      look();
    },
    requireForRead() {
      if (damage !== undefined) throw damage;
      const now = performance.now();
      if (now - lookedAt < lookEveryMs) return;
      look();
      lookedAt = now;
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

/** Undefined when there is no such file. Some file systems have numbers that a JS number would round. */
function identify(path: string): Pick<BigIntStats, 'dev' | 'ino'> | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function readMark(descriptor: number): number {
  const bytes = Buffer.alloc(4);
  readSync(descriptor, bytes, { position: markPosition });
  return bytes.readUInt32BE();
}
