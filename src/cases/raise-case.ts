import type { Clock } from '#kernel/clock.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import type { Ids, OrderId, PaymentId } from '#kernel/ids.ts';
import { enqueueEffect } from '#messaging/enqueue-effect.ts';
import type { MessagingStores } from '#messaging/messaging-store.ts';
import type { Alert, AlertAction, AlertFacts, AlertKind, AlertSeverity } from './case.ts';
import type { AlertStore } from './case-store.ts';

/** A transaction's stores, the clock and the ids: what is needed to raise or resolve inside another room's transaction. */
export interface AlertContext {
  stores: { alerts: AlertStore } & Pick<MessagingStores, 'outbox'>;
  clock: Clock;
  ids: Ids;
  /** What brought it about, where that is known. */
  cause?: { kind: string; id: string };
}

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
export async function raiseAlert(context: PaymentTx, raised: RaisedAlert): Promise<void> {
  const { stores, clock, ids } = context;
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
    await showAlert(context, alert);
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
  await changeAlert(context, { alert: live, change });
}

/** Compare-and-set on the alert as the caller saw it, and its card brought up to date; throws ConcurrentChange when overtaken. */
export async function changeAlert(
  context: PaymentTx,
  input: { alert: Alert; change: Partial<Omit<Alert, 'id' | 'key' | 'kind' | 'version' | 'openedAt'>> },
): Promise<void> {
  const { alert, change } = input;
  const isChanged = await context.stores.alerts.changeAlert({
    id: alert.id,
    expected: { status: alert.status, version: alert.version },
    change,
  });
  if (!isChanged) throw new ConcurrentChange(`alert ${alert.id} changed meanwhile`);
  await showAlert(context, { id: alert.id, version: alert.version + 1 });
}

async function showAlert(context: PaymentTx, alert: Pick<Alert, 'id' | 'version'>): Promise<void> {
  await enqueueEffect(context, {
    topic: 'alert.card',
    key: `alert.card:${alert.id}:${alert.version}`,
    payload: { alertId: alert.id, version: alert.version },
  });
}
