import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { causeOf, inTransaction, type TransactionContext, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { AlertStores } from './case-store.ts';
import { changeAlert } from './raise-case.ts';

export type AlertDeps = TransactionDeps<AlertStores>;

export type Acknowledgement =
  | { kind: 'acknowledged' }
  | { kind: 'already'; by: string | null }
  | { kind: 'over' }
  | { kind: 'unknown' };

/** An admin takes responsibility. A snoozed alert may be acknowledged; one that is over may not. */
export function acknowledgeAlert(
  deps: AlertDeps,
  input: { alertId: string; actor: Actor; adminName: string },
): Promise<Acknowledgement> {
  return inTransaction(deps, causeOf(input.actor), (tx) => acknowledgeIn(tx, input));
}

/** The same inside another room's transaction. */
export async function acknowledgeIn(
  tx: TransactionContext<AlertStores>,
  input: { alertId: string; actor: Actor; adminName: string },
): Promise<Acknowledgement> {
  const alert = await tx.stores.alerts.findAlert(input.alertId);
  if (alert === undefined) return { kind: 'unknown' };
  if (alert.status === 'resolved') return { kind: 'over' };
  if (alert.status === 'acknowledged') return { kind: 'already', by: alert.acknowledgedBy };
  await changeAlert(tx, {
    alert,
    change: {
      status: 'acknowledged',
      acknowledgedAt: tx.clock.now(),
      acknowledgedBy: input.adminName,
      snoozedUntil: null,
    },
  });
  await recordAudit(tx, { action: 'alert.acknowledge', subject: `alert:${alert.id}` });
  return { kind: 'acknowledged' };
}
