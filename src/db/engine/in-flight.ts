import { DatabaseClosed } from './database-errors.ts';
import type { Scopes } from './scope.ts';

/** Everything that uses the database passes here, so that closing can wait for it and nesting is noticed. */
export interface Door {
  pass<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Lets nobody in any more; resolves when all who are inside have left. */
  close(): Promise<void>;
}

export function createDoor(scopes: Scopes): Door {
  const inside = new Set<Promise<unknown>>();
  let isClosed = false;
  return {
    async pass(work) {
      if (isClosed) throw new DatabaseClosed('the database is closed');
      scopes.refuseNested();
      const task = work();
      inside.add(task);
      try {
        return await task;
      } finally {
        inside.delete(task);
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(inside);
    },
  };
}
