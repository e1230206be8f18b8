// Group commit: one fsync for many transactions. All waiting transactions are run, each in a savepoint of its own, inside
// one BEGIN IMMEDIATE … COMMIT, and their promises resolve after the commit. A body that only uses its stores runs to its end
// without yielding, because every query has its result at once; one that waits for something else is rolled back.
import { AsyncResource } from 'node:async_hooks';
import { type Milliseconds, systemClock } from '#kernel/clock.ts';
import { CommitFailed, DatabaseUnavailable, TransactionTimedOut } from '../engine/database-errors.ts';
import { withDeadline } from '../engine/deadline.ts';
import { createScope, type Scope } from '../engine/scope.ts';

/** The statements of the writing connection, all of them synchronous. */
export interface WritingConnection {
  /** False, at once, while another process has locked the file. */
  begin(): boolean;
  savepoint(): void;
  releaseSavepoint(): void;
  rollbackToSavepoint(): void;
  commit(): void;
  rollback(): void;
  isInTransaction(): boolean;
}

export interface BatchOptions {
  /** The most transactions of one group. */
  transactionsMax: number;
  /** No further transaction joins a group that has run so long. */
  holdMaxMs: Milliseconds;
  /** A body that takes longer is rolled back. */
  bodyMaxMs: Milliseconds;
  /** A transaction that waited so long for another process to unlock the file is refused. */
  lockWaitMaxMs: Milliseconds;
  /** Called once a group is on disk and its promises are resolved; must not throw. */
  onCommitted(info: { scopes: readonly Scope[]; durationMs: Milliseconds }): void;
}

export interface CommitBatcher {
  /** The scope whose body is running. */
  current(): Scope | undefined;
  run<Result>(body: (scope: Scope) => Promise<Result>): Promise<Result>;
  waiting(): number;
}

/** How soon a locked file is tried again. The event loop is free meanwhile. */
export const lockRetryMs: Milliseconds = 20;

interface Entry {
  /** When it began to wait, by the process's monotonic clock. */
  since: Milliseconds;
  body(scope: Scope): Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

interface Done {
  entry: Entry;
  scope: Scope;
  result: unknown;
}

export function createCommitBatcher(connection: WritingConnection, options: BatchOptions): CommitBatcher {
  const waiting: Entry[] = [];
  let isFlushing = false;
  let current: Scope | undefined;

  /**
   * Runs one body in its savepoint; undefined when it failed and was rolled back, and its promise is rejected. One that is
   * alone in its group needs no savepoint: there is nothing else to keep.
   */
  async function runOne(entry: Entry, { isAlone }: { isAlone: boolean }): Promise<Done | undefined> {
    const scope = createScope('transaction');
    if (!isAlone) connection.savepoint();
    current = scope;
    const body = entry.body(scope);
    try {
      const result = await withDeadline(body, {
        ms: options.bodyMaxMs,
        late: () => new TransactionTimedOut(`a transaction waited longer than ${options.bodyMaxMs} ms`),
      });
      if (!isAlone) connection.releaseSavepoint();
      return { entry, scope, result };
    } catch (error) {
      // After a full disk and similar faults SQLite rolls back the whole transaction: all bodies of the group, not only this one.
      if (connection.isInTransaction()) undo({ isAlone });
      entry.reject(error);
      return undefined;
    } finally {
      scope.isOpen = false;
      current = undefined;
    }
  }

  function undo({ isAlone }: { isAlone: boolean }): void {
    if (isAlone) connection.rollback();
    else connection.rollbackToSavepoint();
  }

  async function runGroup(taken: Entry[]): Promise<Done[]> {
    const startedAt = performance.now();
    const done: Done[] = [];
    while (taken.length < options.transactionsMax && connection.isInTransaction()) {
      if (taken.length > 0 && performance.now() - startedAt >= options.holdMaxMs) break;
      const entry = waiting.shift();
      if (entry === undefined) break;
      taken.push(entry);
      const isAlone = taken.length === 1 && waiting.length === 0;
      const outcome = await runOne(entry, { isAlone });
      if (outcome !== undefined) done.push(outcome);
      // Whoever has come meanwhile begins a group of its own.
      else if (isAlone) return [];
    }
    if (!connection.isInTransaction()) throw new Error('the database ended the transaction by itself');
    connection.commit();
    return done;
  }

  /** Begins a transaction as soon as the file is not locked; false when nobody waits for one any more. */
  async function begin(): Promise<boolean> {
    while (waiting.length > 0) {
      if (connection.begin()) return true;
      const waitedTooLong = performance.now() - options.lockWaitMaxMs;
      while (waiting[0] !== undefined && waiting[0].since <= waitedTooLong) {
        const message = `another process has locked the database for ${options.lockWaitMaxMs} ms`;
        waiting.shift()?.reject(new DatabaseUnavailable(message));
      }
      await systemClock.sleep(lockRetryMs);
    }
    return false;
  }

  async function flush(): Promise<void> {
    const taken: Entry[] = [];
    try {
      if (!(await begin())) return;
    } catch (error) {
      const unavailable =
        error instanceof DatabaseUnavailable
          ? error
          : new DatabaseUnavailable('no transaction could be begun', { cause: error });
      for (const entry of waiting.splice(0)) entry.reject(unavailable);
      return;
    }
    const startedAt = performance.now();
    try {
      const done = await runGroup(taken);
      const durationMs = performance.now() - startedAt;
      for (const { entry, result } of done) entry.resolve(result);
      if (done.length > 0) options.onCommitted({ scopes: done.map((one) => one.scope), durationMs });
    } catch (error) {
      const failure = new CommitFailed('the commit failed; nothing was stored', { cause: error });
      for (const entry of taken) entry.reject(failure);
      if (connection.isInTransaction()) connection.rollback();
    }
  }

  async function flushInTurns(): Promise<void> {
    try {
      await flush();
    } finally {
      isFlushing = false;
      wakeUp();
    }
  }

  function wakeUp(): void {
    if (isFlushing || waiting.length === 0) return;
    isFlushing = true;
    // Every transaction that begins in the present turn of the event loop joins the same commit.
    setImmediate(() => void flushInTurns());
  }

  return {
    current: () => current,
    run<Result>(body: (scope: Scope) => Promise<Result>): Promise<Result> {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      // The body keeps its caller's asynchronous context, not that of the transaction that opened the group. AsyncLocalStorage.bind
      // would do the same in forty times the time: it adds deprecated properties to the function.
      const caller = new AsyncResource('transaction');
      waiting.push({
        since: performance.now(),
        body: (scope) => caller.runInAsyncScope(body, undefined, scope),
        // The entry's result is that of its own body, whose type is Result.
        resolve: (result) => resolve(result as Result),
        reject,
      });
      wakeUp();
      return promise;
    },
    waiting: () => waiting.length,
  };
}
