import type { SQL } from 'drizzle-orm';
import type { ClaimRequest, QueueBookkeeping, QueueStore } from '#messaging/queues/queue-store.ts';
import { preparedByShape } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, isNull, lte, or, sql } from '../../schema/drizzle.ts';
import { asRows, type QueueShape } from './queue-shape.ts';

/** Each is kept for each kind of request: narrowed to a lane or not, for suspected poison messages or not. */
export function createClaims<Row extends QueueBookkeeping>(
  session: Session,
  shape: QueueShape,
): Pick<QueueStore<Row>, 'claimDue' | 'findDue'> {
  const { db } = session;
  const { table, name, lane, priority, columns } = shape;
  const order = [...(priority === null ? [] : [asc(priority)]), asc(table.availableAt), asc(table.id)];

  const candidates = (kind: readonly string[]): SQL | undefined =>
    and(
      isNull(table.processedAt),
      isNull(table.abandonedAt),
      lte(table.availableAt, sql.placeholder('now')),
      or(isNull(table.lockedUntil), lte(table.lockedUntil, sql.placeholder('now'))),
      kind.includes('suspected')
        ? sql`${table.startedAttempts} > ${table.finishedAttempts}`
        : sql`${table.startedAttempts} = ${table.finishedAttempts}`,
      kind.includes('lane') ? eq(lane, sql.placeholder('lane')) : undefined,
    );

  const claim = preparedByShape(session, `${name}_claim`, (kind) => {
    const first = db
      .select({ id: table.id })
      .from(table)
      .where(candidates(kind))
      .orderBy(...order)
      .limit(sql.placeholder('limit'));
    return db
      .update(table)
      .set({
        lockedUntil: sql`${sql.placeholder('lockedUntil')}`,
        lockedBy: sql`${sql.placeholder('lockedBy')}`,
        // A lease that its own holder let run out is no crash: the end of that attempt could not be stored, and it is made again.
        startedAttempts: sql`${table.startedAttempts} + case when ${table.lockedBy} = ${sql.placeholder('lockedBy')} then 0 else 1 end`,
      })
      .where(session.claimed(table.id, first))
      .returning(columns);
  });
  const isAnyDue = (kind: readonly string[]): SQL<unknown> =>
    sql`exists ${db.select({ id: table.id }).from(table).where(candidates(kind)).limit(1)}`;
  const findDue = preparedByShape(session, `${name}_find_due`, (kind) =>
    db
      .select({
        suspected: kind.includes('sound_only') ? sql<unknown>`0` : isAnyDue([...kind, 'suspected']),
        sound: isAnyDue(kind),
      })
      .from(sql`(select 1) as once`),
  );

  return {
    async claimDue(request) {
      await session.requirePresence();
      return asRows<Row>(await claim(kindOf(request), { ...request })).sort(inClaimOrder);
    },
    async findDue({ soundOnly = false, ...query }) {
      const kind = [...kindOf({ ...query, suspectedPoison: false }), ...(soundOnly ? ['sound_only'] : [])];
      const [found] = await findDue(kind, query);
      return { suspected: Boolean(found?.suspected), sound: Boolean(found?.sound) };
    },
  };
}

function kindOf(request: Pick<ClaimRequest, 'lane' | 'suspectedPoison'>): string[] {
  return [...(request.suspectedPoison ? ['suspected'] : []), ...(request.lane === null ? [] : ['lane'])];
}

/** Sorts claimed rows in the order of the claim: an UPDATE returns its rows in any order. */
function inClaimOrder(
  left: QueueBookkeeping & { priority?: number },
  right: QueueBookkeeping & { priority?: number },
): number {
  return (
    (left.priority ?? 0) - (right.priority ?? 0) ||
    left.availableAt - right.availableAt ||
    (left.id < right.id ? -1 : 1)
  );
}
