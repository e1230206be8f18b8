import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { Alert, AlertKind } from './case.ts';
import { type AlertContext, changeAlert } from './raise-case.ts';

/** Ends the live alert of this key, if there is one; `by` says in a sentence what ended it. */
export async function resolveAlert(context: PaymentTx, input: { key: string; by: string }): Promise<boolean> {
  const alert = await context.stores.alerts.findLiveAlert(input.key);
  if (alert === undefined) return false;
  await changeAlert(context, { alert, change: resolution(context, input.by) });
  return true;
}

/** Ends the live alerts of an order whose kinds are named, of one of its payments if one is named; how many. */
export async function resolveOrderAlerts(
  context: PaymentTx,
  input: { orderId: OrderId; paymentId?: PaymentId; kinds: readonly AlertKind[]; by: string },
): Promise<number> {
  const live = await context.stores.alerts.listLiveAlertsForOrder(input.orderId);
  const isMeant = (alert: Alert): boolean => input.paymentId === undefined || alert.paymentId === input.paymentId;
  const ended = live.filter((alert) => input.kinds.includes(alert.kind) && isMeant(alert));
  for (const alert of ended) await changeAlert(context, { alert, change: resolution(context, input.by) });
  return ended.length;
}

function resolution(context: PaymentTx, by: string): { status: 'resolved'; resolvedAt: number; resolvedBy: string } {
  return { status: 'resolved', resolvedAt: context.clock.now(), resolvedBy: by };
}
