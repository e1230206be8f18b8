import type { Database } from '#kernel/database.ts';
import { type Page, type PagePosition, readPage, type TimedKey } from '#kernel/page.ts';
import type { Order, OrderStatus } from './order.ts';
import type { OrderStores } from './order-store.ts';

/** One page of orders, the newest first; `statuses`: all of them when null. */
export function listOrderPage(
  deps: { database: Pick<Database<Pick<OrderStores, 'orders'>>, 'read'> },
  query: { statuses: readonly OrderStatus[] | null; position: PagePosition<TimedKey> | null; size: number },
): Promise<Page<Order, TimedKey>> {
  const { statuses } = query;
  return deps.database.read((stores) =>
    readPage<Order, TimedKey>({
      position: query.position,
      size: query.size,
      keyOf: ({ createdAt, id }) => ({ at: createdAt, id }),
      read(border, limit) {
        const place = border && { createdAt: border.key.at, id: border.key.id };
        return border?.side === 'before'
          ? stores.orders.listOrders({ statuses, before: null, after: place, limit })
          : stores.orders.listOrders({ statuses, before: place, limit });
      },
    }),
  );
}
