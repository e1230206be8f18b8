import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { AlertDeps } from './acknowledge-case.ts';
import { changeAlert } from './raise-case.ts';

export type Snooze = { kind: 'snoozed'; until: Milliseconds } | { kind: 'over' } | { kind: 'unknown' };

/** Puts an alert away for a while; it opens again by itself. */
export function snoozeAlert(
  deps: AlertDeps,
  input: { alertId: string; actor: Actor; adminName: string; forMs: Milliseconds },
): Promise<Snooze> {
  return inTransaction(deps, causeOf(input.actor), async (tx) => {
    const alert = await tx.stores.alerts.findAlert(input.alertId);
    if (alert === undefined) return { kind: 'unknown' };
    if (alert.status === 'resolved') return { kind: 'over' };
    const until = deps.clock.now() + input.forMs;
    await changeAlert(tx, {
      alert,
      change: { status: 'snoozed', snoozedUntil: until, acknowledgedBy: input.adminName },
    });
    await recordAudit(tx, {
      action: 'alert.snooze',
      subject: `alert:${alert.id}`,
      details: { until },
    });
    return { kind: 'snoozed', until };
  });
}
