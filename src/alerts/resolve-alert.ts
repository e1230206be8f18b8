import type { OrderId } from '#kernel/ids.ts';
import type { AlertKind } from './alert.ts';
import { type AlertContext, changeAlert } from './raise-alert.ts';

/** Ends the live alert of this key, if there is one; `by` says in a sentence what ended it. */
export async function resolveAlert(context: AlertContext, input: { key: string; by: string }): Promise<boolean> {
  const alert = await context.stores.alerts.findLiveAlert(input.key);
  if (alert === undefined) return false;
  await changeAlert(context, { alert, change: resolution(context, input.by) });
  return true;
}

/** Ends the live alerts of an order whose kinds are named; how many. */
export async function resolveOrderAlerts(
  context: AlertContext,
  input: { orderId: OrderId; kinds: readonly AlertKind[]; by: string },
): Promise<number> {
  const live = await context.stores.alerts.listLiveAlertsForOrder(input.orderId);
  const ended = live.filter((alert) => input.kinds.includes(alert.kind));
  for (const alert of ended) await changeAlert(context, { alert, change: resolution(context, input.by) });
  return ended.length;
}

function resolution(context: AlertContext, by: string): { status: 'resolved'; resolvedAt: number; resolvedBy: string } {
  return { status: 'resolved', resolvedAt: context.clock.now(), resolvedBy: by };
}
