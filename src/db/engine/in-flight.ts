import { DatabaseClosed } from './database-errors.ts';
import type { Scopes } from './scope.ts';

/** Tracks every read and transaction, so that closing can wait for them and nested ones are refused. */
export interface InFlight {
  /** Throws DatabaseClosed after `drain` was called, and NestedTransaction inside an open scope. */
  track<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Refuses new work; resolves when all that is tracked has ended. */
  drain(): Promise<void>;
}

export function createInFlight(scopes: Scopes): InFlight {
  const running = new Set<Promise<unknown>>();
  let isClosed = false;
  return {
    async track(work) {
      if (isClosed) throw new DatabaseClosed('the database is closed');
      scopes.refuseNested();
      const task = work();
      running.add(task);
      try {
        return await task;
      } finally {
        running.delete(task);
      }
    },
    async drain() {
      isClosed = true;
      await Promise.allSettled(running);
    },
  };
}
