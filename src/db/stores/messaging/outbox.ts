import type { Milliseconds } from '#kernel/clock.ts';
import type { OutboxMessage, OutboxStore } from '#messaging/queues/messaging-store.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { rowCount } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, getTableColumns, gt, isNotNull, isNull, lt, or } from '../../schema/drizzle.ts';
import { createQueueStore } from './queue.ts';
import { owedOutcome, type QueueShape, untouched } from './queue-shape.ts';
import { createUntoldOrders } from './untold-orders.ts';

export function createOutboxStore(session: Session): OutboxStore {
  const { db } = session;
  const { outboxMessages } = session.tables;
  const isOwedIn = ({ lane, lateBefore }: { lane: string; lateBefore: Milliseconds }) =>
    and(
      isNull(outboxMessages.processedAt),
      isNull(outboxMessages.abandonedAt),
      eq(outboxMessages.lane, lane),
      or(
        eq(outboxMessages.outcome, owedOutcome),
        and(isNotNull(outboxMessages.lastError), lt(outboxMessages.receivedAt, lateBefore)),
      ),
    );
  const { outcome, ...columns } = getTableColumns(outboxMessages);
  const insert = prepareInsert(db, {
    name: 'outbox_enqueue',
    table: outboxMessages,
    unless: [outboxMessages.key],
    leftOut: untouched,
  });
  const queue = createQueueStore<OutboxMessage>(session, {
    name: 'outbox',
    // The bookkeeping columns, the only ones that the shared queries name, are the same in both tables.
    table: outboxMessages as unknown as QueueShape['table'],
    columns,
    lane: outboxMessages.lane,
    priority: outboxMessages.priority,
  });
  return {
    ...queue,
    ...createUntoldOrders(session),
    async enqueue(message) {
      const isNew = await insert(message);
      if (isNew) session.noteDue('outbox', message.availableAt);
      return isNew;
    },
    async readOwed(query) {
      const isOldest = [asc(outboxMessages.receivedAt), asc(outboxMessages.id)];
      const [[counted], [oldest]] = [
        await db.select({ count: rowCount }).from(outboxMessages).where(isOwedIn(query)),
        await db
          .select({ since: outboxMessages.receivedAt, reason: outboxMessages.lastError })
          .from(outboxMessages)
          .where(isOwedIn(query))
          .orderBy(...isOldest)
          .limit(1),
      ];
      return { count: counted?.count ?? 0, since: oldest?.since ?? null, reason: oldest?.reason ?? null };
    },
    async makeOwedDue({ at, ...query }) {
      const made = await db
        .update(outboxMessages)
        .set({ availableAt: at })
        .where(and(isOwedIn(query), gt(outboxMessages.availableAt, at)))
        .returning({ id: outboxMessages.id });
      if (made.length > 0) session.noteDue('outbox', at);
      return made.length;
    },
  };
}
