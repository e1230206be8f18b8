// What inbox and outbox share. Both tables have the same bookkeeping columns, so that these queries are written once;
// each queue names its columns and what its rows are ordered and counted by.
import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Milliseconds } from '#kernel/clock.ts';
import type { QueueBookkeeping, QueueStore } from '#messaging/queues/queue-store.ts';
import { prepared } from '../../query/prepared.ts';
import { prepareDeleteFirst, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, ne, sql } from '../../schema/drizzle.ts';
import { createClaims } from './queue-claims.ts';
import { createDeadLetters } from './queue-dead-letters.ts';
import { createDepths } from './queue-depths.ts';
import { asRows, dueQueueOf, owedOutcome, type QueueShape } from './queue-shape.ts';

export function createQueueStore<Row extends QueueBookkeeping>(session: Session, shape: QueueShape): QueueStore<Row> {
  const { db } = session;
  const { table, columns, name } = shape;
  const isWaiting = and(isNull(table.processedAt), isNull(table.abandonedAt));
  const findById = rowsOf(session, table, columns).prepare(`${name}_find`, ['id']);
  const { process, abandon, release } = prepareSettling(session, shape);

  const deleteProcessed = prepareDeleteFirst(session, `${name}_delete_processed`, () => ({
    table,
    key: table.id,
    where: and(isNotNull(table.processedAt), lt(table.processedAt, sql.placeholder('before'))),
    order: [asc(table.processedAt)],
  }));
  const listLeases = prepared(session, `${name}_list_leases`, () =>
    db.selectDistinct({ by: table.lockedBy }).from(table).where(isNotNull(table.lockedBy)),
  );
  const isAfter = (column: PgColumn): SQL => gt(column, sql.placeholder('latest'));
  const hasten = prepared<unknown>(session, `${name}_hasten`, () =>
    db
      .update(table)
      .set({ availableAt: sql`${sql.placeholder('latest')}` })
      .where(and(isWaiting, isAfter(table.availableAt))),
  );
  const boundLeases = prepared<unknown>(session, `${name}_bound_leases`, () =>
    db
      .update(table)
      .set({ lockedUntil: sql`${sql.placeholder('latest')}` })
      .where(and(isNotNull(table.lockedBy), isAfter(table.lockedUntil))),
  );

  return {
    ...createClaims<Row>(session, shape),
    markProcessed: async (input) => (await process(input)).length,
    async release({ isFinishedAttempt, isOwed = false, ...input }) {
      // An attempt that was not made counts neither as started nor as finished, so that it does not look like a crash.
      const counts = isFinishedAttempt ? { finished: 1, unstarted: 0 } : { finished: 0, unstarted: 1 };
      const [released] = await release({ ...input, ...counts, owed: isOwed ? owedOutcome : null });
      if (released !== undefined) session.noteDue(dueQueueOf(name, released.lane), input.availableAt);
      return released !== undefined;
    },
    abandon: async (input) => (await abandon({ ...input })).length === 1,
    ...createLeaseEnds(session, shape),
    listLeases: async () => (await listLeases()).flatMap(({ by }) => by ?? []),
    async hasten({ latest }) {
      await hasten({ latest });
      session.noteDue(name, latest);
    },
    async boundLeases(input) {
      await boundLeases(input);
    },
    find: async (id) => asRows<Row>(await findById({ id }))[0],
    ...createDeadLetters<Row>(session, shape),
    depths: createDepths(session, shape),
    prune: async (query) => (await deleteProcessed(query)).length,
  };
}

function createLeaseEnds<Row>(
  session: Session,
  { table, name }: QueueShape,
): Pick<QueueStore<Row>, 'unlockAll' | 'endLeases'> {
  const { db } = session;
  const isWaiting = and(isNull(table.processedAt), isNull(table.abandonedAt));
  const crashedTwice = sql`${table.startedAttempts} - ${table.finishedAttempts} > 1`;
  /** Of those that are named, or of all but one. */
  type Whose = { by: readonly string[] | null; exceptBy: string | null };
  const free = preparedByQuery(session, `${name}_end_leases`, ({ has, among }: ShapeOf<Whose>) =>
    db
      .update(table)
      .set({ lockedUntil: null, lockedBy: null })
      .where(
        and(
          isWaiting,
          isNotNull(table.lockedBy),
          has('by') ? inArray(table.lockedBy, among('by')) : ne(table.lockedBy, sql.placeholder('exceptBy')),
        ),
      )
      .returning({ id: table.id }),
  );
  const repeatLater = prepared<unknown>(session, `${name}_repeat_later`, () =>
    db
      .update(table)
      .set({ availableAt: sql`${sql.placeholder('repeatedAt')}` })
      .where(
        and(isWaiting, isNull(table.lockedBy), crashedTwice, lt(table.availableAt, sql.placeholder('repeatedAt'))),
      ),
  );
  async function endLeases(whose: Whose, repeatedAt: Milliseconds): Promise<number> {
    const freed = await free(whose);
    await repeatLater({ repeatedAt });
    if (freed.length > 0) session.noteDue(name, null);
    return freed.length;
  }
  return {
    unlockAll: ({ exceptBy, repeatedAt }) => endLeases({ by: null, exceptBy }, repeatedAt),
    endLeases: ({ by, repeatedAt }) => endLeases({ by, exceptBy: null }, repeatedAt),
  };
}

/** The settling statements change only a row that the caller still has leased. */
function prepareSettling(session: Session, { table, name, lane, onceProcessed }: QueueShape) {
  const { db } = session;
  const isWaiting = and(isNull(table.processedAt), isNull(table.abandonedAt));
  const isOurs = and(eq(table.lockedBy, sql.placeholder('lockedBy')), isWaiting);
  const isLeased = and(eq(table.id, sql.placeholder('id')), isOurs);
  const settled = { lockedUntil: null, lockedBy: null, finishedAttempts: sql`${table.finishedAttempts} + 1` };
  type Processed = Parameters<QueueStore<unknown>['markProcessed']>[0];
  const process = preparedByQuery(session, `${name}_mark_processed`, ({ among }: ShapeOf<Processed>) =>
    db
      .update(table)
      .set({
        ...settled,
        ...onceProcessed,
        processedAt: sql`${sql.placeholder('at')}`,
        outcome: sql`${sql.placeholder('outcome')}`,
      })
      .where(and(inArray(table.id, among('ids')), isOurs))
      .returning({ id: table.id }),
  );
  const abandon = prepared(session, `${name}_abandon`, () =>
    db
      .update(table)
      .set({ ...settled, abandonedAt: sql`${sql.placeholder('at')}`, lastError: sql`${sql.placeholder('reason')}` })
      .where(isLeased)
      .returning({ id: table.id }),
  );
  const release = prepared(session, `${name}_release`, () =>
    db
      .update(table)
      .set({
        lockedUntil: null,
        lockedBy: null,
        availableAt: sql`${sql.placeholder('availableAt')}`,
        lastError: sql`${sql.placeholder('error')}`,
        outcome: sql`coalesce(${sql.placeholder('owed')}, ${table.outcome})`,
        startedAttempts: sql`${table.startedAttempts} - cast(${sql.placeholder('unstarted')} as bigint)`,
        finishedAttempts: sql`${table.finishedAttempts} + cast(${sql.placeholder('finished')} as bigint) * (${table.startedAttempts} - ${table.finishedAttempts})`,
      })
      .where(isLeased)
      .returning({ lane }),
  );
  return { process, abandon, release };
}
