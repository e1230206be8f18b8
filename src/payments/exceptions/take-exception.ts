// An exception that somebody has taken shows whose it is. Taking it acknowledges its alert, and acknowledging the alert takes
// it: both say the same.
import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import { type Acknowledgement, acknowledgeIn } from '#cases/acknowledge-case.ts';
import { changeAlert } from '#cases/raise-case.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import type { PaymentException } from './exception.ts';
import { changeException } from './open-exception.ts';

export type Taking =
  | { kind: 'taken' }
  | { kind: 'given_back' }
  | { kind: 'already'; by: string | null }
  | { kind: 'not_yours'; by: string | null }
  | { kind: 'over' }
  | { kind: 'unknown' };

export function takeException(
  deps: TransactionDeps<PaymentStores>,
  input: { exceptionId: string; by: ActingAdmin },
): Promise<Taking> {
  const { by } = input;
  return inTransaction(deps, causeOf(by.actor), async (tx): Promise<Taking> => {
    const exception = await tx.stores.exceptions.findException(input.exceptionId);
    if (exception === undefined) return { kind: 'unknown' };
    if (exception.status !== 'open') return { kind: 'over' };
    if (exception.ownerId !== null) return { kind: 'already', by: exception.ownerName };
    await giveTo(tx, { exception, by });
    const alert = await tx.stores.alerts.findLiveAlert(exception.key);
    // A snoozed alert rests because somebody wants it to: whose it is changes nothing about that.
    if (alert?.status === 'open') {
      await acknowledgeIn(tx, { alertId: alert.id, actor: by.actor, adminName: by.name });
    }
    return { kind: 'taken' };
  });
}

/** Whoever has it gives it back: it is nobody's, and its alert counts as open again. */
export function giveBackException(
  deps: TransactionDeps<PaymentStores>,
  input: { exceptionId: string; by: ActingAdmin },
): Promise<Taking> {
  const { by } = input;
  return inTransaction(deps, causeOf(by.actor), async (tx): Promise<Taking> => {
    const exception = await tx.stores.exceptions.findException(input.exceptionId);
    if (exception === undefined) return { kind: 'unknown' };
    if (exception.status !== 'open') return { kind: 'over' };
    if (exception.ownerId !== Number(by.actor.id)) return { kind: 'not_yours', by: exception.ownerName };
    await changeException(tx, { exception, change: { ownerId: null, ownerName: null, takenAt: null } });
    await recordAudit(tx, {
      action: 'exception.give_back',
      subject: `exception:${exception.id}`,
    });
    const alert = await tx.stores.alerts.findLiveAlert(exception.key);
    if (alert?.status === 'acknowledged') {
      const change = { status: 'open', acknowledgedAt: null, acknowledgedBy: null } as const;
      await changeAlert(tx, { alert, change });
    }
    return { kind: 'given_back' };
  });
}

/** Acknowledges an alert; where it stands for an exception that nobody has, that is taken with it. */
export function acknowledgeTrouble(
  deps: TransactionDeps<PaymentStores>,
  input: { alertId: string; by: ActingAdmin },
): Promise<Acknowledgement> {
  const { by } = input;
  return inTransaction(deps, causeOf(by.actor), async (tx): Promise<Acknowledgement> => {
    const result = await acknowledgeIn(tx, { alertId: input.alertId, actor: by.actor, adminName: by.name });
    if (result.kind !== 'acknowledged') return result;
    const alert = await tx.stores.alerts.findAlert(input.alertId);
    const exception = alert && (await tx.stores.exceptions.findOpenException(alert.key));
    if (exception?.ownerId === null) await giveTo(tx, { exception, by });
    return result;
  });
}

async function giveTo(
  tx: PaymentTx,
  { exception, by }: { exception: PaymentException; by: ActingAdmin },
): Promise<void> {
  const change = { ownerId: Number(by.actor.id), ownerName: by.name, takenAt: tx.clock.now() };
  await changeException(tx, { exception, change });
  await recordAudit(tx, {
    action: 'exception.take',
    subject: `exception:${exception.id}`,
  });
}
