import type { Milliseconds } from '#kernel/clock.ts';
import type { QueueDepth } from '#messaging/queues/queue-store.ts';
import { prepared } from '../../query/prepared.ts';
import { rowCount } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, isNotNull, isNull, sql } from '../../schema/drizzle.ts';
import type { QueueShape } from './queue-shape.ts';

/** Counts waiting and abandoned rows, each by its partial index: processed rows, by far the most, are not read. */
export function createDepths(session: Session, shape: QueueShape): (now: Milliseconds) => Promise<QueueDepth[]> {
  const { countWaiting, countAbandoned } = prepareCounts(session, shape);
  return async (now) => {
    const depths = new Map<string, QueueDepth>();
    for (const row of await countWaiting({ now })) depths.set(row.lane, { ...row, abandoned: 0 });
    for (const row of await countAbandoned()) {
      const depth = depths.get(row.lane) ?? { waiting: 0, oldestAvailableAt: null, oldestReceivedAt: null };
      depths.set(row.lane, { ...depth, ...row });
    }
    return [...depths.values()].sort((left, right) => (left.lane < right.lane ? -1 : 1));
  };
}

function prepareCounts(session: Session, shape: QueueShape) {
  const { db } = session;
  const { table, name } = shape;
  // As an expression: for the column alone SQLite would scan the index of the inbox's keys, with every processed row.
  const lane = sql<string>`${shape.lane} || ''`;
  const isDue = sql`${table.availableAt} <= cast(${sql.placeholder('now')} as bigint)`;
  const countWaiting = prepared(session, `${name}_count_waiting`, () =>
    db
      .select({
        lane,
        waiting: rowCount,
        oldestAvailableAt: sql<number | null>`min(case when ${isDue} then ${table.availableAt} end)`,
        oldestReceivedAt: sql<number | null>`min(${table.receivedAt})`,
      })
      .from(table)
      .where(and(isNull(table.processedAt), isNull(table.abandonedAt)))
      .groupBy(lane),
  );
  const countAbandoned = prepared(session, `${name}_count_abandoned`, () =>
    db
      .select({ lane, abandoned: rowCount })
      .from(table)
      .where(and(isNotNull(table.abandonedAt), isNull(table.processedAt)))
      .groupBy(lane),
  );
  return { countWaiting, countAbandoned };
}
