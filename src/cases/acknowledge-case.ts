import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { Ids } from '#kernel/ids.ts';
import type { AlertStores } from './case-store.ts';
import { type AlertContext, changeAlert } from './raise-case.ts';

export interface AlertDeps {
  database: Database<AlertStores>;
  clock: Clock;
  ids: Ids;
}

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
  return deps.database.transaction((stores) => acknowledgeIn({ ...deps, stores }, input));
}

/** The same inside another room's transaction. */
export async function acknowledgeIn(
  context: PaymentTx & { stores: AlertStores },
  input: { alertId: string; actor: Actor; adminName: string },
): Promise<Acknowledgement> {
  const alert = await context.stores.alerts.findAlert(input.alertId);
  if (alert === undefined) return { kind: 'unknown' };
  if (alert.status === 'resolved') return { kind: 'over' };
  if (alert.status === 'acknowledged') return { kind: 'already', by: alert.acknowledgedBy };
  await changeAlert(context, {
    alert,
    change: {
      status: 'acknowledged',
      acknowledgedAt: context.clock.now(),
      acknowledgedBy: input.adminName,
      snoozedUntil: null,
    },
  });
  await recordAudit(context, { actor: input.actor, action: 'alert.acknowledge', subject: `alert:${alert.id}` });
  return { kind: 'acknowledged' };
}
