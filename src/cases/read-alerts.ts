import type { Database } from '#kernel/database.ts';
import { type Page, type PagePosition, readPage, type TimedKey } from '#kernel/page.ts';
import { type Alert, alertStatuses } from './case.ts';
import type { AlertStores } from './case-store.ts';

interface ReadDeps {
  database: Pick<Database<Pick<AlertStores, 'alerts'>>, 'read'>;
}

const liveStatuses = alertStatuses.filter((status) => status !== 'resolved');

export function findAlert(deps: ReadDeps, id: string): Promise<Alert | undefined> {
  return deps.database.read((stores) => stores.alerts.findAlert(id));
}

/** One page of the alerts that are not resolved, the newest first. */
export function listAlertPage(
  deps: ReadDeps,
  query: { position: PagePosition<TimedKey> | null; size: number },
): Promise<Page<Alert, TimedKey>> {
  return deps.database.read((stores) =>
    readPage<Alert, TimedKey>({
      position: query.position,
      size: query.size,
      keyOf: ({ openedAt, id }) => ({ at: openedAt, id }),
      read(border, limit) {
        const place = border && { openedAt: border.key.at, id: border.key.id };
        const wanted = border?.side === 'before' ? { before: null, after: place } : { before: place };
        return stores.alerts.listAlerts({ statuses: liveStatuses, ...wanted, limit });
      },
    }),
  );
}
