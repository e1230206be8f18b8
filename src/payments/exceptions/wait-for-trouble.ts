// Somebody decides to wait: the exception is not due until then, and its alert is silent for as long. Both come back
// together, by themselves or because what was waited for did not come.
import { changeAlert } from '#cases/raise-case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId } from '#kernel/ids.ts';
import type { TroubleContext } from '../trouble.ts';
import type { PaymentException } from './exception.ts';
import { changeException } from './open-exception.ts';

export async function postponeTrouble(
  context: TroubleContext,
  input: { exception: PaymentException; until: Milliseconds; by: string | null },
): Promise<void> {
  const { exception, until, by } = input;
  await changeException(context, { exception, change: { waitsUntil: until } });
  const alert = await context.stores.alerts.findLiveAlert(exception.key);
  if (alert === undefined) return;
  await changeAlert(context, { alert, change: { status: 'snoozed', snoozedUntil: until, acknowledgedBy: by } });
}

/** False when it does not wait. */
export async function wakeTrouble(context: TroubleContext, exception: PaymentException): Promise<boolean> {
  if (exception.waitsUntil === null) return false;
  await changeException(context, { exception, change: { waitsUntil: null } });
  const alert = await context.stores.alerts.findLiveAlert(exception.key);
  if (alert?.status === 'snoozed') {
    await changeAlert(context, { alert, change: { status: 'open', snoozedUntil: null, acknowledgedBy: null } });
  }
  return true;
}

/** Those of an order that somebody put off. */
export async function wakeOrderTroubles(context: TroubleContext, orderId: OrderId): Promise<void> {
  for (const exception of await context.stores.exceptions.listOpenExceptionsForOrder(orderId)) {
    await wakeTrouble(context, exception);
  }
}
