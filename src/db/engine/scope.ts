// A scope is one transaction or one read while it runs. It travels with the asynchronous work of the body, so that a
// nested transaction, and a query that comes too late or from elsewhere, are refused at once: on SQLite's one writing
// connection such a query would run inside another transaction.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Milliseconds, second } from '#kernel/clock.ts';
import { NestedTransaction } from '#kernel/database.ts';
import type { DueQueue } from '#messaging/queues/queue-store.ts';
import { TransactionEnded } from './database-errors.ts';

export interface Scope {
  readonly kind: 'transaction' | 'read';
  isOpen: boolean;
  /** Queues whose workers are told once this transaction is committed, and when the first of its rows is due; null: at once. */
  readonly queued: Map<DueQueue, Milliseconds | null>;
}

export interface Scopes {
  /** Throws NestedTransaction when the caller is inside a transaction or a read. */
  refuseNested(): void;
  run<Result>(scope: Scope, work: () => Promise<Result>): Promise<Result>;
  /** Throws TransactionEnded unless the caller is inside an open scope that `isOwn` recognises; called for every query. */
  requireOpen(isOwn: (scope: Scope) => boolean): void;
}

export function createScope(kind: Scope['kind']): Scope {
  return { kind, isOpen: true, queued: new Map() };
}

/** Workers look by themselves so often: of what is due later they need not be told. */
const soonMs: Milliseconds = second;

export function noteQueued(
  scope: Scope,
  row: { queue: DueQueue; availableAt: Milliseconds | null; now: Milliseconds },
): void {
  const { queue, availableAt, now } = row;
  if (availableAt === null || availableAt <= now) scope.queued.set(queue, null);
  else if (availableAt <= now + soonMs) scope.queued.set(queue, earlier(scope.queued.get(queue), availableAt));
}

/** The queues of these transactions, each once. */
export function queuedBy(scopes: readonly Scope[]): Map<DueQueue, Milliseconds | null> {
  const all = new Map<DueQueue, Milliseconds | null>();
  for (const { queued } of scopes) {
    for (const [queue, dueAt] of queued) all.set(queue, dueAt === null ? null : earlier(all.get(queue), dueAt));
  }
  return all;
}

function earlier(known: Milliseconds | null | undefined, dueAt: Milliseconds): Milliseconds | null {
  return known === null ? null : Math.min(known ?? dueAt, dueAt);
}

export function createScopes(): Scopes {
  const storage = new AsyncLocalStorage<Scope>();
  return {
    refuseNested() {
      const outer = storage.getStore();
      if (outer?.isOpen) throw new NestedTransaction(`the database was asked again inside an open ${outer.kind}`);
    },
    run: (scope, work) => storage.run(scope, work),
    requireOpen(isOwn) {
      const scope = storage.getStore();
      if (!scope?.isOpen || !isOwn(scope)) throw new TransactionEnded('stores were used outside their transaction');
    },
  };
}
