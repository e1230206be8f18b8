// What inbox and outbox share. Both tables have the same bookkeeping columns, so that these queries are written once;
// each queue says what its rows look like and by what they are ordered and counted.
import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { ClaimRequest, QueueBookkeeping, QueueStore } from '#messaging/messaging-store.ts';
import type { Session } from '../dialect.ts';
import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, lte, ne, or, sql } from '../drizzle.ts';
import type { QueueName } from '../scope.ts';
import { prepared } from './prepared.ts';
import { countDepths } from './queue-depths.ts';

export interface QueueShape {
  name: QueueName;
  /** The bookkeeping columns of either table; the columns that only one has are in `columns`, `lane` and `priority`. */
  table: Session['tables']['inboxEvents'];
  /** The columns of a row as the port knows it. */
  columns: Record<string, PgColumn>;
  /** By what depth is counted, and by what a claim may be narrowed. */
  lane: PgColumn;
  priority: PgColumn | null;
}

type Claim = (values: Record<string, unknown>) => Promise<Record<string, unknown>[]>;

export function createQueueStore<Row extends QueueBookkeeping>(session: Session, shape: QueueShape): QueueStore<Row> {
  const { db } = session;
  const { table, columns, name } = shape;
  const isWaiting = and(isNull(table.processedAt), isNull(table.abandonedAt));
  const isDeadLetter = and(isNotNull(table.abandonedAt), isNull(table.processedAt));
  // A select of the port's columns gives the port's rows.
  const asRows = (rows: Record<string, unknown>[]): Row[] => rows as unknown as Row[];

  const isHeld = and(eq(table.id, sql.placeholder('id')), eq(table.lockedBy, sql.placeholder('lockedBy')), isWaiting);
  const settled = { lockedUntil: null, lockedBy: null, finishedAttempts: sql`${table.finishedAttempts} + 1` };
  const process = prepared(() =>
    db
      .update(table)
      .set({ ...settled, processedAt: sql`${sql.placeholder('at')}`, outcome: sql`${sql.placeholder('outcome')}` })
      .where(isHeld)
      .returning({ id: table.id })
      .prepare(`${name}_mark_processed`),
  );
  const abandon = prepared(() =>
    db
      .update(table)
      .set({ ...settled, abandonedAt: sql`${sql.placeholder('at')}`, lastError: sql`${sql.placeholder('reason')}` })
      .where(isHeld)
      .returning({ id: table.id })
      .prepare(`${name}_abandon`),
  );
  const release = prepared(() =>
    db
      .update(table)
      .set({
        lockedUntil: null,
        lockedBy: null,
        availableAt: sql`${sql.placeholder('availableAt')}`,
        lastError: sql`${sql.placeholder('error')}`,
        startedAttempts: sql`${table.startedAttempts} - cast(${sql.placeholder('unstarted')} as bigint)`,
        finishedAttempts: sql`${table.finishedAttempts} + cast(${sql.placeholder('finished')} as bigint)`,
      })
      .where(isHeld)
      .returning({ id: table.id })
      .prepare(`${name}_release`),
  );
  const findById = prepared(() =>
    db
      .select(columns)
      .from(table)
      .where(eq(table.id, sql.placeholder('id')))
      .prepare(`${name}_find`),
  );
  const claims = createClaims(session, shape);

  return {
    async claimDue(request) {
      const claim = claims(request);
      const { lane, now, lockedUntil, lockedBy, limit } = request;
      const rows = asRows(await claim({ lane, now, lockedUntil, lockedBy, limit }));
      return rows.sort(inTurn);
    },
    markProcessed: async (input) => (await process({ ...input })).length === 1,
    async release({ isFinishedAttempt, ...input }) {
      // An attempt that was not made counts neither as begun nor as finished: it must not look like a crash.
      const counts = isFinishedAttempt ? { finished: 1, unstarted: 0 } : { finished: 0, unstarted: 1 };
      const released = await release({ ...input, ...counts });
      if (released.length === 1) session.noteDue(name, input.availableAt);
      return released.length === 1;
    },
    abandon: async (input) => (await abandon({ ...input })).length === 1,
    async unlockAll(input) {
      const freed = await db
        .update(table)
        .set({ lockedUntil: null, lockedBy: null })
        .where(and(isWaiting, isNotNull(table.lockedBy), ne(table.lockedBy, input.exceptBy)))
        .returning({ id: table.id });
      if (freed.length > 0) session.noteDue(name, null);
      return freed.length;
    },
    find: async (id) => asRows(await findById({ id }))[0],
    async listAbandoned({ before, limit }) {
      const isBefore =
        before === null ? undefined : sql`(${table.abandonedAt}, ${table.id}) < (${before.at}, ${before.id})`;
      const rows = await db
        .select(columns)
        .from(table)
        .where(and(isDeadLetter, isBefore))
        .orderBy(desc(table.abandonedAt), desc(table.id))
        .limit(limit);
      return asRows(rows);
    },
    async redrive(input) {
      const revived = await db
        .update(table)
        .set({ abandonedAt: null, availableAt: input.at, startedAttempts: 0, finishedAttempts: 0 })
        .where(and(eq(table.id, input.id), isDeadLetter))
        .returning({ id: table.id });
      if (revived.length === 1) session.noteDue(name, null);
      return revived.length === 1;
    },
    async discard(input) {
      const discarded = await db
        .update(table)
        .set({ abandonedAt: null, processedAt: input.at, outcome: 'discarded' })
        .where(and(eq(table.id, input.id), isDeadLetter))
        .returning({ id: table.id });
      return discarded.length === 1;
    },
    depths: (now) => countDepths(session, { shape, now }),
    async prune(query) {
      const old = db
        .select({ id: table.id })
        .from(table)
        .where(and(isNotNull(table.processedAt), lt(table.processedAt, query.before)))
        .orderBy(asc(table.processedAt))
        .limit(query.limit);
      const gone = await db.delete(table).where(inArray(table.id, old)).returning({ id: table.id });
      return gone.length;
    },
  };
}

/** A claim is kept for each kind of request: narrowed to a lane or not, for suspects or not. */
function createClaims(session: Session, shape: QueueShape): (request: ClaimRequest) => Claim {
  const { db } = session;
  const { table, name, lane, priority, columns } = shape;
  const claims = new Map<string, Claim>();

  function build(kind: string, narrowing: (SQL | undefined)[]): Claim {
    const order = [...(priority === null ? [] : [asc(priority)]), asc(table.availableAt), asc(table.id)];
    return prepared(() => {
      const candidates = db
        .select({ id: table.id })
        .from(table)
        .where(
          and(
            isNull(table.processedAt),
            isNull(table.abandonedAt),
            lte(table.availableAt, sql.placeholder('now')),
            or(isNull(table.lockedUntil), lte(table.lockedUntil, sql.placeholder('now'))),
            ...narrowing,
          ),
        )
        .orderBy(...order)
        .limit(sql.placeholder('limit'));
      return db
        .update(table)
        .set({
          lockedUntil: sql`${sql.placeholder('lockedUntil')}`,
          lockedBy: sql`${sql.placeholder('lockedBy')}`,
          startedAttempts: sql`${table.startedAttempts} + 1`,
        })
        .where(session.claimed(table.id, candidates))
        .returning(columns)
        .prepare(`${name}_claim_${kind}`);
    });
  }

  return (request) => {
    const kind = `${request.suspects ? 'suspects' : 'sound'}_${request.lane === null ? 'all' : 'lane'}`;
    const known = claims.get(kind);
    if (known !== undefined) return known;
    const claim = build(kind, [
      request.suspects
        ? sql`${table.startedAttempts} > ${table.finishedAttempts}`
        : sql`${table.startedAttempts} = ${table.finishedAttempts}`,
      request.lane === null ? undefined : eq(lane, sql.placeholder('lane')),
    ]);
    claims.set(kind, claim);
    return claim;
  };
}

/** The order of the claim, made again: an UPDATE returns its rows in any order. */
function inTurn(
  left: QueueBookkeeping & { priority?: number },
  right: QueueBookkeeping & { priority?: number },
): number {
  return (
    (left.priority ?? 0) - (right.priority ?? 0) ||
    left.availableAt - right.availableAt ||
    (left.id < right.id ? -1 : 1)
  );
}
