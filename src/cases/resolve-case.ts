import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { TransactionContext } from '#kernel/transaction-context.ts';
import type { Alert, AlertKind } from './case.ts';
import type { AlertStores } from './case-store.ts';
import { changeAlert } from './raise-case.ts';

/** Ends the live alert of this key, if there is one; `by` says in a sentence what ended it. */
export async function resolveAlert(
  tx: TransactionContext<AlertStores>,
  input: { key: string; by: string },
): Promise<boolean> {
  const alert = await tx.stores.alerts.findLiveAlert(input.key);
  if (alert === undefined) return false;
  await changeAlert(tx, { alert, change: resolution(tx, input.by) });
  return true;
}

/** Ends the live alerts of an order whose kinds are named, of one of its payments if one is named; how many. */
export async function resolveOrderAlerts(
  tx: TransactionContext<AlertStores>,
  input: { orderId: OrderId; paymentId?: PaymentId; kinds: readonly AlertKind[]; by: string },
): Promise<number> {
  const live = await tx.stores.alerts.listLiveAlertsForOrder(input.orderId);
  const isMeant = (alert: Alert): boolean => input.paymentId === undefined || alert.paymentId === input.paymentId;
  const ended = live.filter((alert) => input.kinds.includes(alert.kind) && isMeant(alert));
  for (const alert of ended) await changeAlert(tx, { alert, change: resolution(tx, input.by) });
  return ended.length;
}

function resolution(
  tx: TransactionContext<AlertStores>,
  by: string,
): { status: 'resolved'; resolvedAt: number; resolvedBy: string } {
  return { status: 'resolved', resolvedAt: tx.clock.now(), resolvedBy: by };
}
