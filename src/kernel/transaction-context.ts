import type { Actor } from './actor.ts';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { Ids } from './ids.ts';

export const causeKinds = ['webhook', 'poll', 'reconciliation', 'job', 'admin', 'store', 'system'] as const;
export type CauseKind = (typeof causeKinds)[number];

/** Why something changes: which webhook event, which poll, which job, which admin or the shop itself. */
export interface Cause {
  kind: CauseKind;
  /** The inbox event's id, the job's name, the admin's id. */
  id: string;
  actor: Actor;
}

/** What a verb needs to change something. */
export interface TransactionDeps<Stores> {
  database: Database<Stores>;
  clock: Clock;
  ids: Ids;
}

/** Stores, clock, ids and cause of one database transaction; verbs pass it on as `tx`. */
export interface TransactionContext<Stores> {
  stores: Stores;
  clock: Clock;
  ids: Ids;
  cause: Cause;
}

/** Runs the body in one transaction; the rules of `Database.transaction` for bodies apply. */
export function inTransaction<Stores, Result>(
  deps: TransactionDeps<Stores>,
  cause: Cause,
  body: (tx: TransactionContext<Stores>) => Promise<Result>,
): Promise<Result> {
  const { database, clock, ids } = deps;
  return database.transaction((stores) => body({ stores, clock, ids, cause }));
}

/** The cause of an action that an actor began itself, and not because of a webhook event or a poll. */
export function causeOf(actor: Actor): Cause {
  return { kind: actor.kind === 'provider' ? 'webhook' : actor.kind, id: actor.id, actor };
}
