// The disk under one SQLite file: what a kill leaves of it, what a power loss leaves, and how it is full. The file is real; the
// driver's connections are watched, so that a process can end before, during or after a commit.
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import type { Stream } from '../engine/random.ts';

type Connection = BetterSqlite3.Database;

/** `torn`: the power goes while the commit is written; of its bytes, a part has reached the disk. */
export type CommitMoment = 'before' | 'torn' | 'after';

export interface DiskWatch {
  /** Called at each commit of the product; true: the process ends now, and the call throws ProcessEnded. */
  endsAtCommit(moment: 'before' | 'after'): boolean;
  /** The power went while a commit was written: the process ends now. */
  onPowerLoss(): void;
}

export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

export interface Disk {
  readonly file: string;
  /** From now on the product's connections are watched. */
  watch(watch: DiskWatch): void;
  /** Ends all connections as the operating system does for a killed process; nothing of a commit in progress is left. */
  endConnections(): void;
  /** The next commit is written in part, and the process is to be ended in it; undefined: not any more. */
  tearNextCommit(chance: Stream | undefined): void;
  /** For connections that are not the product's. */
  aside<Result>(work: () => Result): Result;
  /** No page can be added to the file, or can again. */
  setFull(isFull: boolean): void;
  readonly isFull: boolean;
}

let open: SimulatedDisk | undefined;

/** The disk of the history that runs. */
export function useDisk(disk: Disk | undefined): void {
  open = disk as SimulatedDisk | undefined;
}

export function createDisk(file: string): Disk {
  return new SimulatedDisk(file);
}

const noWatch: DiskWatch = { endsAtCommit: () => false, onPowerLoss: () => undefined };

class SimulatedDisk implements Disk {
  readonly file: string;
  readonly connections = new Set<Connection>();
  #watch: DiskWatch = noWatch;
  #tear: Stream | undefined;
  #isFull = false;
  readonly #others = new WeakSet<Connection>();

  constructor(file: string) {
    this.file = file;
  }

  watch(watch: DiskWatch): void {
    this.#watch = watch;
  }

  /** A connection that the product has just opened. */
  adopt(connection: Connection): void {
    if (this.#others.has(connection) || this.connections.has(connection)) return;
    this.connections.add(connection);
    if (this.#isFull && this.#isOurs(connection)) limitPages(connection, 'full');
  }

  commit(run: () => unknown): unknown {
    const tear = this.#tear;
    if (tear !== undefined) return this.#tearCommit(run, tear);
    if (this.#watch.endsAtCommit('before')) throw new ProcessEnded('before a commit');
    const result = run();
    if (this.#watch.endsAtCommit('after')) throw new ProcessEnded('after a commit');
    return result;
  }

  endConnections(): void {
    const kept = ['', '-wal'].filter((end) => existsSync(this.file + end));
    for (const end of kept) copyFileSync(this.file + end, `${this.file}${end}.kept`);
    for (const connection of this.connections) if (connection.open) connection.close();
    this.connections.clear();
    for (const end of ['', '-wal', '-shm']) rmSync(this.file + end, { force: true });
    for (const end of kept) renameSync(`${this.file}${end}.kept`, this.file + end);
  }

  aside<Result>(work: () => Result): Result {
    // A connection is the product's as soon as it is used; one that was opened here never is.
    const result = work();
    if (result instanceof BetterSqlite3) this.#others.add(result);
    return result;
  }

  tearNextCommit(chance: Stream | undefined): void {
    this.#tear = chance;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  setFull(isFull: boolean): void {
    this.#isFull = isFull;
    for (const connection of this.connections) {
      if (connection.open && this.#isOurs(connection)) limitPages(connection, isFull ? 'full' : 'free');
    }
  }

  #isOurs(connection: Connection): boolean {
    return connection.name === this.file && !connection.readonly;
  }

  /** Of the bytes that the commit adds to the log, a part is there after the power loss, and old bytes or nothing stand behind it. */
  #tearCommit(run: () => unknown, chance: Stream): never {
    this.#tear = undefined;
    const log = `${this.file}-wal`;
    const before = existsSync(log) ? readFileSync(log) : Buffer.alloc(0);
    run();
    const after = readFileSync(log);
    const from = firstDifference(before, after);
    const kept = from + chance.int(Math.max(1, after.length - from));
    const torn = Buffer.concat([after.subarray(0, kept), before.subarray(kept)]);
    this.#watch.onPowerLoss();
    writeFileSync(log, torn);
    throw new ProcessEnded('in the middle of a commit');
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

/** Installed once, before the product opens a file: the driver tells of each connection and each commit. */
export function watchDriver(): void {
  const prototype: Pick<Connection, 'prepare' | 'pragma' | 'exec'> = BetterSqlite3.prototype;
  const { prepare, pragma, exec } = prototype;
  Object.assign(prototype, {
    prepare(this: Connection, text: string) {
      open?.adopt(this);
      const statement = prepare.call(this, text);
      const disk = open;
      if (text !== 'commit' || disk === undefined) return statement;
      const { run: commit } = statement as BetterSqlite3.Statement<[]>;
      const run = (): unknown => commit.call(statement);
      return Object.assign(statement, { run: () => disk.commit(run) });
    },
    pragma(this: Connection, ...input: Parameters<Connection['pragma']>) {
      open?.adopt(this);
      return pragma.apply(this, input);
    },
    exec(this: Connection, text: string) {
      open?.adopt(this);
      return exec.call(this, text);
    },
  });
}
