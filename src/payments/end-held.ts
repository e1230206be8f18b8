import { resolveAlert } from '#alerts/resolve-alert.ts';
import { changeException } from './open-exception.ts';
import type { Payment } from './payment.ts';
import type { Work } from './work.ts';

/** Ends the trouble of a held payment by a person's decision, which stays with the exception. */
export async function endHeld(
  work: Work,
  input: { payment: Payment; resolution: 'accept_held' | 'reject_held'; by: string; reason: string },
): Promise<void> {
  const { payment, resolution, by, reason } = input;
  const key = `payment_held:${payment.orderId}`;
  const word = resolution === 'accept_held' ? 'Accepted' : 'Rejected';
  await resolveAlert(work, { key, by: `${word} by ${by}: ${reason}` });
  const exception = await work.stores.exceptions.findOpenException(key);
  if (exception === undefined) return;
  await changeException(work, {
    exception,
    change: { status: 'resolved', resolvedAt: work.clock.now(), resolution, resolvedBy: by, reason },
  });
}
