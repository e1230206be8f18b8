import { ConcurrentChange } from '#kernel/database.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { TransactionContext } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from '#messaging/enqueue-outbox-message.ts';
import type { Alert, AlertAction, AlertFacts, AlertKind, AlertSeverity } from './case.ts';
import type { AlertStores } from './case-store.ts';

export interface RaisedAlert {
  key: string;
  kind: AlertKind;
  severity: AlertSeverity;
  orderId: OrderId | null;
  paymentId: PaymentId | null;
  facts: AlertFacts;
  actions: AlertAction[];
}

/** Raises an alert, or, when the same trouble is live already, counts it once more with its newest facts. */
export async function raiseAlert(tx: TransactionContext<AlertStores>, raised: RaisedAlert): Promise<void> {
  const { stores, clock, ids } = tx;
  const now = clock.now();
  const alert: Alert = {
    id: ids.newId(),
    ...raised,
    status: 'open',
    version: 1,
    occurrences: 1,
    openedAt: now,
    lastRaisedAt: now,
    acknowledgedAt: null,
    acknowledgedBy: null,
    snoozedUntil: null,
    resolvedAt: null,
    resolvedBy: null,
  };
  const isNew = await stores.alerts.insertAlert(alert);
  if (isNew) {
    await showAlert(tx, alert);
    return;
  }
  const live = await stores.alerts.findLiveAlert(raised.key);
  if (live === undefined) throw new ConcurrentChange(`alert ${raised.key} was resolved meanwhile`);
  const change = {
    occurrences: live.occurrences + 1,
    lastRaisedAt: now,
    facts: raised.facts,
    severity: raised.severity,
    actions: raised.actions,
    paymentId: raised.paymentId,
  };
  await changeAlert(tx, { alert: live, change });
}

/** Compare-and-set on the alert as the caller saw it, and its card brought up to date; throws ConcurrentChange when overtaken. */
export async function changeAlert(
  tx: TransactionContext<AlertStores>,
  input: { alert: Alert; change: Partial<Omit<Alert, 'id' | 'key' | 'kind' | 'version' | 'openedAt'>> },
): Promise<void> {
  const { alert, change } = input;
  const isChanged = await tx.stores.alerts.changeAlert({
    id: alert.id,
    expected: { status: alert.status, version: alert.version },
    change,
  });
  if (!isChanged) throw new ConcurrentChange(`alert ${alert.id} changed meanwhile`);
  await showAlert(tx, { id: alert.id, version: alert.version + 1 });
}

async function showAlert(tx: TransactionContext<AlertStores>, alert: Pick<Alert, 'id' | 'version'>): Promise<void> {
  await enqueueOutboxMessage(tx, {
    topic: 'alert.card',
    key: `alert.card:${alert.id}:${alert.version}`,
    payload: { alertId: alert.id, version: alert.version },
  });
}
