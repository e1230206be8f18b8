import type { QueueBookkeeping, QueueStore } from '#messaging/messaging-store.ts';
import type { Session } from '../../query/session.ts';
import { and, desc, eq, isNotNull, isNull, sql } from '../../schema/drizzle.ts';
import { asRows, type QueueShape } from './queue-shape.ts';

/** What can be done with rows that were given up on. */
export function createDeadLetters<Row extends QueueBookkeeping>(
  session: Session,
  { table, columns, name }: QueueShape,
): Pick<QueueStore<Row>, 'listAbandoned' | 'redrive' | 'discard'> {
  const { db } = session;
  const isDeadLetter = and(isNotNull(table.abandonedAt), isNull(table.processedAt));
  return {
    async listAbandoned({ before, limit }) {
      const isBefore =
        before === null ? undefined : sql`(${table.abandonedAt}, ${table.id}) < (${before.at}, ${before.id})`;
      const rows = await db
        .select(columns)
        .from(table)
        .where(and(isDeadLetter, isBefore))
        .orderBy(desc(table.abandonedAt), desc(table.id))
        .limit(limit);
      return asRows<Row>(rows);
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
