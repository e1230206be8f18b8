import type { Database } from '#kernel/database.ts';
import { type Page, type PagePosition, readPage, type TimedKey } from '#kernel/page.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { ExceptionKind, PaymentException } from '../../exceptions/exception.ts';
import type { ExceptionCount } from '../../exceptions/exception-store.ts';
import type { PaymentStores } from '../../ports/payment-store.ts';

interface ReadDeps {
  database: Database<PaymentStores>;
}

export interface ListedException {
  exception: PaymentException;
  /** Of its order; null where there is none. */
  orderNumber: string | null;
}

export interface ExceptionPage {
  page: Page<ListedException, TimedKey>;
  counts: readonly ExceptionCount[];
}

/** One page of what waits for a decision, the oldest first; `kinds`: all of them when null. */
export function listExceptionPage(
  deps: ReadDeps,
  query: { kinds: readonly ExceptionKind[] | null; position: PagePosition<TimedKey> | null; size: number },
): Promise<ExceptionPage> {
  const { kinds } = query;
  return deps.database.read(async (stores) => {
    const page = await readPage<PaymentException, TimedKey>({
      position: query.position,
      size: query.size,
      keyOf: ({ openedAt, id }) => ({ at: openedAt, id }),
      read(border, limit) {
        const place = border && { openedAt: border.key.at, id: border.key.id };
        const wanted = border?.side === 'before' ? { after: null, before: place } : { after: place };
        return stores.exceptions.listOpenExceptions({ kinds, ...wanted, limit });
      },
    });
    const rows = await withNumbers(stores, page.rows);
    return { page: { ...page, rows }, counts: await stores.exceptions.countOpenExceptions() };
  });
}

async function withNumbers(
  stores: Pick<PaymentStores, 'orders'>,
  exceptions: readonly PaymentException[],
): Promise<ListedException[]> {
  const ids = exceptions.flatMap(({ orderId }) => (orderId === null ? [] : [orderId]));
  const orders = new Map((await stores.orders.listOrdersByIds(ids)).map(({ id, number }) => [id, number]));
  return exceptions.map((exception) => {
    const number = exception.orderId === null ? undefined : orders.get(exception.orderId);
    return { exception, orderNumber: number === undefined ? null : formatOrderNumber(number) };
  });
}

export function countExceptions(deps: ReadDeps): Promise<ExceptionCount[]> {
  return deps.database.read((stores) => stores.exceptions.countOpenExceptions());
}

/** The oldest of what waits for a decision, whatever its kind. */
export function listOldestExceptions(deps: ReadDeps, limit: number): Promise<PaymentException[]> {
  return deps.database.read((stores) => stores.exceptions.listOpenExceptions({ kinds: null, after: null, limit }));
}
