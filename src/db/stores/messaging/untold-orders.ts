import type { SQL } from 'drizzle-orm';
import type { OutboxStore, UntoldOrder } from '#messaging/queues/messaging-store.ts';
import { topics } from '#messaging/queues/topics.ts';
import { keysOf, preparedByShape } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, isNotNull, isNull, lte, sql } from '../../schema/drizzle.ts';

/** Orders in events for the shop that are not settled; both partial indexes leave out the settled ones, by far the most. */
export function createUntoldOrders(session: Session): Pick<OutboxStore, 'listUntoldOrders'> {
  const { db } = session;
  const { outboxMessages: messages } = session.tables;
  // Both engines read JSON with these operators.
  const orderId = sql<string>`${messages.payload} -> 'order' ->> 'id'`;
  const number = sql<string>`min(${messages.payload} -> 'order' ->> 'number')`;
  const since = sql<number>`min(${messages.receivedAt})`;
  const reason = sql<string | null>`max(${messages.lastError})`;

  /** Of all orders, or of one. */
  const prepareList = (name: string, isUnsettled: SQL | undefined) =>
    preparedByShape(session, name, (keys) =>
      db
        .select({ orderId, number, since, reason })
        .from(messages)
        .where(
          and(
            isUnsettled,
            eq(messages.lane, topics['shop.event'].lane),
            lte(messages.receivedAt, sql.placeholder('before')),
            keys.includes('orderId') ? eq(orderId, sql.placeholder('orderId')) : undefined,
          ),
        )
        .groupBy(orderId)
        .orderBy(since)
        .limit(sql.placeholder('limit')),
    );
  const listWaiting = prepareList(
    'list_untold_waiting',
    and(isNull(messages.processedAt), isNull(messages.abandonedAt)),
  );
  const listDead = prepareList('list_untold_dead', and(isNotNull(messages.abandonedAt), isNull(messages.processedAt)));

  return {
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
