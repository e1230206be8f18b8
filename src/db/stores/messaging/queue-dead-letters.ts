import type { TimedKey } from '#kernel/page.ts';
import type { QueueBookkeeping, QueueStore } from '#messaging/queues/queue-store.ts';
import { keyset } from '../../query/keyset.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, isNotNull, isNull, sql } from '../../schema/drizzle.ts';
import { asRows, type QueueShape } from './queue-shape.ts';

/** Dead letters: rows that were abandoned. */
export function createDeadLetters<Row extends QueueBookkeeping>(
  session: Session,
  { table, columns, name }: QueueShape,
): Pick<QueueStore<Row>, 'listAbandoned' | 'redrive' | 'discard'> {
  const { db } = session;
  const isDeadLetter = and(isNotNull(table.abandonedAt), isNull(table.processedAt));
  const byEnd = keyset(table, 'abandonedAt');
  const listNewest = rowsOf(session, table, columns).prepareList<{ limit: number }>(`${name}_newest_abandoned`, {
    where: isDeadLetter,
    order: byEnd.newestFirst,
    limit: sql.placeholder('limit'),
  });
  return {
    async listAbandoned({ before, after = null, limit }) {
      const placeOf = (key: TimedKey | null) => key && { abandonedAt: key.at, id: key.id };
      const rows = db.select(columns).from(table);
      if (after === null && before === null) return asRows<Row>(await listNewest({ limit }));
      if (after === null) {
        const older = rows.where(and(isDeadLetter, byEnd.before(placeOf(before)))).orderBy(...byEnd.newestFirst);
        return asRows<Row>(await older.limit(limit));
      }
      const newer = rows.where(and(isDeadLetter, byEnd.after(placeOf(after)))).orderBy(...byEnd.oldestFirst);
      return asRows<Row>(await newer.limit(limit)).reverse();
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
  };
}
