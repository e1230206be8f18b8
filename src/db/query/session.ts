// The stores are written once, with PostgreSQL's types; SQLite's database is cast to them here, and its tables in
// schema/kit.ts. The casts hold because both engines' tables come from one builder, the stores use only what both query
// builders support, and one contract suite runs on both.
import type { SQL, SQLWrapper } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { PgColumn, PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Milliseconds } from '#kernel/clock.ts';
import type { DueQueue } from '#messaging/queues/queue-store.ts';
import { inArray, sql } from '../schema/drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import type { Statements } from './statements.ts';
import type { TrigramIndex } from './trigrams.ts';

export type QueryBuilder = PgDatabase<PgQueryResultHKT>;

export type QueueName = 'inbox' | 'outbox';

/** A select that chooses the rows to claim; PostgreSQL locks them and passes over those that are locked. */
interface Candidates extends SQLWrapper {
  for(strength: 'update', config: { skipLocked: true }): SQLWrapper;
}

/** One connection, as the stores see it. */
export interface Session {
  /** Builds statements. It also runs those that are not worth keeping. */
  readonly db: QueryBuilder;
  readonly statements: Statements;
  readonly tables: Tables;
  readonly trigrams: TrigramIndex;
  /** The condition that a row is among the candidates, which no other transaction can claim until this one ends. */
  claimed(id: PgColumn, candidates: Candidates): SQL;
  /** The JSON object of a column without one of its keys. */
  withoutKey(json: PgColumn, key: string): SQL;
  /**
   * Before a lease is taken: rejects with DatabaseUnavailable while other processes could take this one for dead. On SQLite,
   * which one process uses, it never does.
   */
  requirePresence(): Promise<void>;
  /** A row was stored that is due at `availableAt`: the queue's workers are woken after the commit. */
  noteDue(queue: DueQueue, availableAt: Milliseconds | null): void;
}

export const postgresClaim: Session['claimed'] = (id, candidates) =>
  // As an array the candidates are chosen once; as a sub-select a join could choose, and lock, again and again.
  sql`${id} = any(array${candidates.for('update', { skipLocked: true })})`;

export const sqliteClaim: Session['claimed'] = (id, candidates) => inArray(id, candidates);

export const postgresWithoutKey: Session['withoutKey'] = (json, key) => sql`${json} - ${sql.raw(`'${key}'`)}`;

export const sqliteWithoutKey: Session['withoutKey'] = (json, key) =>
  sql`json_remove(${json}, ${sql.raw(`'$.${key}'`)})`;

export function asSharedDatabase(db: BetterSQLite3Database): QueryBuilder {
  return db as unknown as QueryBuilder;
}
