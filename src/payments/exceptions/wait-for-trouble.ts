// Somebody decides to wait: the exception is not due until then, and its alert is silent for as long. Both come back
// together, by themselves or because what was waited for did not come.
import { changeAlert } from '#cases/raise-case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId } from '#kernel/ids.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { PaymentException } from './exception.ts';
import { changeException } from './open-exception.ts';

export async function postponeTrouble(
  tx: PaymentTx,
  input: { exception: PaymentException; until: Milliseconds; by: string | null },
): Promise<void> {
  const { exception, until, by } = input;
  await changeException(tx, { exception, change: { waitsUntil: until } });
  const alert = await tx.stores.alerts.findLiveAlert(exception.key);
  if (alert === undefined) return;
  await changeAlert(tx, { alert, change: { status: 'snoozed', snoozedUntil: until, acknowledgedBy: by } });
}

/** False when it does not wait. */
export async function wakeTrouble(tx: PaymentTx, exception: PaymentException): Promise<boolean> {
  if (exception.waitsUntil === null) return false;
  await changeException(tx, { exception, change: { waitsUntil: null } });
  const alert = await tx.stores.alerts.findLiveAlert(exception.key);
  if (alert?.status === 'snoozed') {
    await changeAlert(tx, { alert, change: { status: 'open', snoozedUntil: null, acknowledgedBy: null } });
  }
  return true;
}

/** Those of an order that somebody put off. */
export async function wakeOrderTroubles(tx: PaymentTx, orderId: OrderId): Promise<void> {
  for (const exception of await tx.stores.exceptions.listOpenExceptionsForOrder(orderId)) {
    await wakeTrouble(tx, exception);
  }
}
