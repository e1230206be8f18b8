import type { SQL } from 'drizzle-orm';
import type { ClaimRequest } from '#messaging/queues/queue-store.ts';
import { prepared } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, isNull, lte, or, sql } from '../../schema/drizzle.ts';
import type { QueueShape } from './queue-shape.ts';

type Claim = (values: Record<string, unknown>) => Promise<Record<string, unknown>[]>;

/** A claim is kept for each kind of request: narrowed to a lane or not, for suspected poison messages or not. */
export function createClaims(session: Session, shape: QueueShape): (request: ClaimRequest) => Claim {
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
    const kind = `${request.suspectedPoison ? 'suspected' : 'sound'}_${request.lane === null ? 'all' : 'lane'}`;
    const known = claims.get(kind);
    if (known !== undefined) return known;
    const claim = build(kind, [
      request.suspectedPoison
        ? sql`${table.startedAttempts} > ${table.finishedAttempts}`
        : sql`${table.startedAttempts} = ${table.finishedAttempts}`,
      request.lane === null ? undefined : eq(lane, sql.placeholder('lane')),
    ]);
    claims.set(kind, claim);
    return claim;
  };
}
