import type { SQL } from 'drizzle-orm';
import type { OutboxStore, UntoldOrder } from '#messaging/queues/messaging-store.ts';
import { topics } from '#messaging/queues/topics.ts';
import { keysOf, prepared, preparedByShape } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, isNotNull, isNull, lte, sql } from '../../schema/drizzle.ts';

/** Orders in events for the shop that are not settled; both partial indexes leave out the settled ones, by far the most. */
export function createUntoldOrders(session: Session): Pick<OutboxStore, 'listUntoldOrders' | 'countUntoldOrders'> {
  const { db } = session;
  const { outboxMessages: messages } = session.tables;
  // Both engines read JSON with these operators.
  const orderId = sql<string>`${messages.payload} -> 'order' ->> 'id'`;
  // The order is the subject of its events; only those of an earlier release have none, and the payload takes twenty times as long.
  const subject = sql<string>`coalesce(${messages.subject}, 'order:' || (${orderId}))`;
  const number = sql<string>`min(${messages.payload} -> 'order' ->> 'number')`;
  const since = sql<number>`min(${messages.receivedAt})`;
  const reason = sql<string | null>`max(${messages.lastError})`;

  const isWaiting = and(isNull(messages.processedAt), isNull(messages.abandonedAt));
  const isDead = and(isNotNull(messages.abandonedAt), isNull(messages.processedAt));
  const isWanted = (isUnsettled: SQL | undefined): SQL | undefined =>
    and(isUnsettled, eq(messages.lane, topics['shop.event'].lane), lte(messages.receivedAt, sql.placeholder('before')));

  /** Of all orders, or of one. */
  const prepareList = (name: string, isUnsettled: SQL | undefined) =>
    preparedByShape(session, name, (keys) =>
      db
        .select({ orderId, number, since, reason })
        .from(messages)
        .where(
          and(
            isWanted(isUnsettled),
            keys.includes('orderId')
              ? eq(subject, sql`'order:' || cast(${sql.placeholder('orderId')} as text)`)
              : undefined,
          ),
        )
        .groupBy(orderId)
        .orderBy(since)
        .limit(sql.placeholder('limit')),
    );
  const listWaiting = prepareList('list_untold_waiting', isWaiting);
  const listDead = prepareList('list_untold_dead', isDead);

  const of = subject.as('of_order');
  const eventsOf = (isUnsettled: SQL | undefined) =>
    db.select({ of, receivedAt: messages.receivedAt }).from(messages).where(isWanted(isUnsettled));
  const count = prepared(session, 'count_untold_orders', () => {
    const events = eventsOf(isWaiting).unionAll(eventsOf(isDead)).as('events');
    return db
      .select({
        orders: sql<number>`count(distinct ${events.of})`,
        since: sql<number | null>`min(${events.receivedAt})`,
      })
      .from(events);
  });

  return {
    async countUntoldOrders(query) {
      const [counted] = await count(query);
      return counted ?? { orders: 0, since: null };
    },
    async listUntoldOrders(query) {
      const keys = keysOf(query);
      const waiting = await listWaiting(keys, { ...query });
      const dead = await listDead(keys, { ...query });
      const givenUp = new Set(dead.map((one) => one.orderId));
      const found = new Map<string, UntoldOrder>();
      for (const one of [...dead, ...waiting].sort((left, right) => left.since - right.since)) {
        if (!found.has(one.orderId)) found.set(one.orderId, { ...one, isGivenUp: givenUp.has(one.orderId) });
      }
      return [...found.values()].slice(0, query.limit);
    },
  };
}
