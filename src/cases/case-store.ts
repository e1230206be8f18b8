import type { AccessStores } from '#access/access-store.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId } from '#kernel/ids.ts';
import type { MessagingStores } from '#messaging/messaging-store.ts';
import type { Alert, AlertStatus } from './case.ts';

export type AlertChange = Partial<Omit<Alert, 'id' | 'key' | 'kind' | 'version' | 'openedAt'>>;

export interface AlertStore {
  /** False when an alert of this key that is not resolved exists already; nothing is stored then. */
  insertAlert(alert: Alert): Promise<boolean>;
  findAlert(id: string): Promise<Alert | undefined>;
  /** The alert of this key that is not resolved. */
  findLiveAlert(key: string): Promise<Alert | undefined>;
  listLiveAlertsForOrder(orderId: OrderId): Promise<Alert[]>;
  /** Compare-and-set on status and version, which rises by one; a change to `resolved` frees the key. */
  changeAlert(input: {
    id: string;
    expected: { status: AlertStatus; version: number };
    change: AlertChange;
  }): Promise<boolean>;
  /** Newest first; `before` is the opening time and id of the last one seen. */
  listAlerts(query: {
    statuses: readonly AlertStatus[];
    before: { openedAt: Milliseconds; id: string } | null;
    after?: { openedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<Alert[]>;
  listAlertsToWake(query: { now: Milliseconds; limit: number }): Promise<Alert[]>;
  /** Deletes alerts that were resolved before `before`, at most `limit`; their ids. */
  pruneResolved(query: { before: Milliseconds; limit: number }): Promise<string[]>;
  countAlerts(): Promise<{ status: AlertStatus; count: number }[]>;
}

/** What the alerts room needs of the database. */
export interface AlertStores extends MessagingStores, AccessStores {
  alerts: AlertStore;
}
