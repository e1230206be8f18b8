import type { OutboxMessage, OutboxStore } from '#messaging/queues/messaging-store.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { rowCount } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import {
  and,
  asc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  or,
  sql,
} from '../../schema/drizzle.ts';
import { createQueueStore } from './queue.ts';
import { owedOutcome, type QueueShape, untouched } from './queue-shape.ts';
import { createUntoldOrders } from './untold-orders.ts';

export function createOutboxStore(session: Session): OutboxStore {
  const { db } = session;
  const { outboxMessages } = session.tables;
  const isOwed = and(
    isNull(outboxMessages.processedAt),
    isNull(outboxMessages.abandonedAt),
    eq(outboxMessages.lane, sql.placeholder('lane')),
    or(
      eq(outboxMessages.outcome, owedOutcome),
      and(isNotNull(outboxMessages.lastError), lt(outboxMessages.receivedAt, sql.placeholder('lateBefore'))),
    ),
  );
  const countOwed = prepared(session, 'outbox_count_owed', () =>
    db.select({ count: rowCount }).from(outboxMessages).where(isOwed),
  );
  const findOldestOwed = prepared(session, 'outbox_oldest_owed', () =>
    db
      .select({ since: outboxMessages.receivedAt, reason: outboxMessages.lastError })
      .from(outboxMessages)
      .where(isOwed)
      .orderBy(asc(outboxMessages.receivedAt), asc(outboxMessages.id))
      .limit(1),
  );
  const makeDue = prepared(session, 'outbox_make_owed_due', () => {
    const oldest = db
      .select({ id: outboxMessages.id })
      .from(outboxMessages)
      .where(and(isOwed, gt(outboxMessages.availableAt, sql.placeholder('at'))))
      .orderBy(asc(outboxMessages.receivedAt), asc(outboxMessages.id))
      .limit(sql.placeholder('limit'));
    return db
      .update(outboxMessages)
      .set({ availableAt: sql`${sql.placeholder('at')}` })
      .where(inArray(outboxMessages.id, oldest))
      .returning({ id: outboxMessages.id });
  });
  const { subject, turn, id } = outboxMessages;
  const findAhead = prepared(session, 'outbox_find_ahead', () =>
    db
      .select({ availableAt: outboxMessages.availableAt })
      .from(outboxMessages)
      .where(
        and(
          isNull(outboxMessages.processedAt),
          isNull(outboxMessages.abandonedAt),
          eq(subject, sql.placeholder('subject')),
          lte(turn, sql.placeholder('turn')),
          or(lt(turn, sql.placeholder('turn')), lt(id, sql.placeholder('id'))),
        ),
      )
      .orderBy(asc(turn), asc(id))
      .limit(1),
  );
  const { outcome, ...columns } = getTableColumns(outboxMessages);
  const insert = prepareInsert(session, {
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
    onceProcessed: { payload: session.withoutKey(outboxMessages.payload, 'order') },
  });
  return {
    ...queue,
    ...createUntoldOrders(session),
    async enqueue(message) {
      const isNew = await insert({ subject: null, turn: null, ...message });
      if (isNew) session.noteDue(`outbox:${message.lane}`, message.availableAt);
      return isNew;
    },
    findAhead: async (message) => (await findAhead(message))[0]?.availableAt,
    async readOwed(query) {
      const [[counted], [oldest]] = [await countOwed(query), await findOldestOwed(query)];
      return { count: counted?.count ?? 0, since: oldest?.since ?? null, reason: oldest?.reason ?? null };
    },
    async makeOwedDue(query) {
      const made = await makeDue(query);
      if (made.length > 0) session.noteDue(`outbox:${query.lane}`, query.at);
      return made.length;
    },
  };
}
