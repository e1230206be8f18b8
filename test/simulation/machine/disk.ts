// The disk under one SQLite file: what a kill leaves of it, what a power loss leaves, and how it is full. The file is real; the
// driver's connections are watched, so that a process can end before, during or after a commit.
import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import BetterSqlite3, { SqliteError } from 'better-sqlite3';
import type { Stream } from '../engine/random.ts';
import { listOpenFiles } from './descriptors.ts';

type Connection = BetterSqlite3.Database;

/** `torn`: the power goes while the commit is written; of its bytes, a part has reached the disk. */
export type CommitMoment = 'before' | 'torn' | 'after';

/** `pages`: the database cannot grow, and a statement fails; `log`: the write-ahead log cannot, and the commit fails. */
export type DiskFault = 'pages' | 'log';

/** The process that uses the disk. */
export interface DiskUser {
  isAlive(): boolean;
  /** Asked at each commit: the moment of it at which the process ends; undefined: it does not. */
  endsAtCommit(): CommitMoment | undefined;
  /** The process ends now. */
  end(): void;
}

export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

export interface Disk {
  readonly file: string;
  /** From now on connections are those of this process; undefined: those of a tool that somebody runs while none does. */
  use(user: DiskUser): void;
  /** Ends all connections as the operating system does for a killed process; nothing of a commit in progress is left. */
  endConnections(): void;
  /** For connections that are not the product's: those that are used by it, and until the promise that it returns has settled. */
  aside<Result>(work: () => Result): Result;
  /** What has no room any more; undefined: there is room again. */
  setFull(fault: DiskFault | undefined): void;
  readonly isFull: boolean;
}

let open: SimulatedDisk | undefined;

/** The disk of the history that runs. */
export function useDisk(disk: Disk | undefined): void {
  open = disk as SimulatedDisk | undefined;
}

/** The process that uses it. */
export const diskUser = (): DiskUser => open?.user ?? nobody;

export function createDisk(file: string, chance: Stream): Disk {
  return new SimulatedDisk(file, chance);
}

const nobody: DiskUser = { isAlive: () => true, endsAtCommit: () => undefined, end: () => undefined };

/** Whether the work that opens a connection is not the product's: a process that was killed while it started may go on beside it. */
const isAside = new AsyncLocalStorage<true>();

class SimulatedDisk implements Disk {
  readonly file: string;
  user = nobody;
  readonly #chance: Stream;
  readonly #connections = new Set<Connection>();
  readonly #others = new WeakSet<Connection>();
  /** How many rows each connection had changed when it was last looked at. */
  readonly #changes = new WeakMap<Connection, number>();
  #fault: DiskFault | undefined;

  constructor(file: string, chance: Stream) {
    this.file = file;
    this.#chance = chance;
  }

  use(user: DiskUser): void {
    this.user = user;
  }

  /** A connection that is used, by the product unless it was opened aside. */
  adopt(connection: Connection): void {
    if (this.#others.has(connection) || this.#connections.has(connection)) return;
    if (isAside.getStore() === true) {
      this.#others.add(connection);
      return;
    }
    if (!this.user.isAlive()) {
      connection.close();
      throw new ProcessEnded('before it opened the database');
    }
    this.#connections.add(connection);
    if (this.#fault === 'pages' && this.#isOurs(connection)) limitPages(connection, 'full');
  }

  commit(connection: Connection, run: () => unknown): unknown {
    if (this.#others.has(connection)) return run();
    if (this.#fault === 'log' && this.#hasChanged(connection)) {
      throw new SqliteError('database or disk is full', 'SQLITE_FULL');
    }
    const moment = this.user.endsAtCommit();
    if (moment === undefined) return run();
    if (moment === 'torn') this.#tear(run);
    else {
      if (moment === 'after') run();
      this.user.end();
    }
    throw new ProcessEnded(`${moment} a commit`);
  }

  /** Before a commit by the driver's own hand, of which any end is as good as one before it. */
  endInTransaction(connection: Connection): void {
    if (this.#others.has(connection) || this.user.endsAtCommit() === undefined) return;
    this.user.end();
    throw new ProcessEnded('in a transaction');
  }

  endConnections(): void {
    const kept = ['', '-wal'].filter((end) => existsSync(this.file + end));
    for (const end of kept) copyFileSync(this.file + end, `${this.file}${end}.kept`);
    for (const connection of this.#connections) if (connection.open) connection.close();
    this.#connections.clear();
    closeDescriptors(this.file);
    for (const end of ['', '-wal', '-shm']) rmSync(this.file + end, { force: true });
    for (const end of kept) renameSync(`${this.file}${end}.kept`, this.file + end);
  }

  aside<Result>(work: () => Result): Result {
    const result = isAside.run(true, work);
    // A connection is the product's as soon as it is used outside; one that was opened here never is.
    if (result instanceof BetterSqlite3) this.#others.add(result);
    return result;
  }

  setFull(fault: DiskFault | undefined): void {
    this.#fault = fault;
    for (const connection of this.#connections) {
      if (!connection.open || !this.#isOurs(connection)) continue;
      limitPages(connection, fault === 'pages' ? 'full' : 'free');
      this.#hasChanged(connection);
    }
  }

  /** Whether it changed rows since it was last asked. */
  #hasChanged(connection: Connection): boolean {
    const count = Number(connection.prepare('select total_changes()').pluck().get());
    const isChanged = count > (this.#changes.get(connection) ?? 0);
    this.#changes.set(connection, count);
    return isChanged;
  }

  get isFull(): boolean {
    return this.#fault !== undefined;
  }

  #isOurs(connection: Connection): boolean {
    return connection.name === this.file && !connection.readonly;
  }

  /**
   * A commit appends to the log and is done when the log is synced. Without the sync, of its bytes a part is there after the power
   * loss, and old bytes or nothing behind it. The database's own pages are written only after that sync: they are the old ones.
   */
  #tear(run: () => unknown): void {
    const log = `${this.file}-wal`;
    const pages = readFileSync(this.file);
    const before = existsSync(log) ? readFileSync(log) : Buffer.alloc(0);
    run();
    const after = readFileSync(log);
    const from = firstDifference(before, after);
    const kept = from + this.#chance.int(Math.max(1, after.length - from));
    this.user.end();
    writeFileSync(log, Buffer.concat([after.subarray(0, kept), before.subarray(kept)]));
    writeFileSync(this.file, pages);
  }
}

function firstDifference(left: Buffer, right: Buffer): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) if (left[index] !== right[index]) return index;
  return length;
}

function limitPages(connection: Connection, state: 'full' | 'free'): void {
  const pages = state === 'full' ? connection.pragma('page_count', { simple: true }) : 1_073_741_823;
  connection.pragma(`max_page_count = ${Number(pages)}`);
}

/** Those that the ended process had on the file beside its connections: they would add up over many histories. */
function closeDescriptors(file: string): void {
  for (const { descriptor, path } of listOpenFiles()) if (path === file) closeSync(descriptor);
}

/** Installed once, before the product opens a file: the driver tells of each connection and each commit. */
export function watchDriver(): void {
  const prototype: Pick<Connection, 'prepare' | 'pragma' | 'exec' | 'transaction'> = BetterSqlite3.prototype;
  const { prepare, pragma, exec, transaction } = prototype;
  Object.assign(prototype, {
    prepare(this: Connection, text: string) {
      open?.adopt(this);
      const statement = prepare.call(this, text);
      const disk = open;
      if (text !== 'commit' || disk === undefined) return statement;
      const { run: commit } = statement as BetterSqlite3.Statement<[]>;
      const run = (): unknown => commit.call(statement);
      return Object.assign(statement, { run: () => disk.commit(this, run) });
    },
    pragma(this: Connection, ...input: Parameters<Connection['pragma']>) {
      open?.adopt(this);
      return pragma.apply(this, input);
    },
    exec(this: Connection, text: string) {
      open?.adopt(this);
      return exec.call(this, text);
    },
    transaction(this: Connection, work: (...input: unknown[]) => unknown) {
      return transaction.call(this, (...input: unknown[]) => {
        const result = work(...input);
        open?.endInTransaction(this);
        return result;
      });
    },
  });
}
