import type { TimedKey } from '#kernel/page.ts';
import type { QueueBookkeeping, QueueStore } from '#messaging/queues/queue-store.ts';
import { keyset } from '../../query/keyset.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, isNotNull, isNull } from '../../schema/drizzle.ts';
import { asRows, type QueueShape } from './queue-shape.ts';

/** Dead letters: rows that were abandoned. */
export function createDeadLetters<Row extends QueueBookkeeping>(
  session: Session,
  { table, columns, name }: QueueShape,
): Pick<QueueStore<Row>, 'listAbandoned' | 'redrive' | 'discard'> {
  const { db } = session;
  const isDeadLetter = and(isNotNull(table.abandonedAt), isNull(table.processedAt));
  const byEnd = keyset(table, 'abandonedAt');
  const { prepareList } = rowsOf(session, table, columns);
  type Page = { place: { abandonedAt: number; id: string } | null; limit: number };
  const listBefore = prepareList<Page>(`${name}_list_abandoned_before`, (shape) => ({
    where: and(isDeadLetter, byEnd.before(shape, 'place')),
    order: byEnd.newestFirst,
    limit,
  }));
  const listAfter = prepareList<Page>(`${name}_list_abandoned_after`, (shape) => ({
    where: and(isDeadLetter, byEnd.after(shape, 'place')),
    order: byEnd.oldestFirst,
    limit,
  }));
  return {
    async listAbandoned({ before, after = null, limit: rowsMax }) {
      const placeOf = (key: TimedKey | null) => key && { abandonedAt: key.at, id: key.id };
      if (after === null) return asRows<Row>(await listBefore({ place: placeOf(before), limit: rowsMax }));
      return asRows<Row>(await listAfter({ place: placeOf(after), limit: rowsMax })).reverse();
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
