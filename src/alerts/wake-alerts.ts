import type { AlertDeps } from '#cases/acknowledge-case.ts';
import { changeAlert } from '#cases/raise-case.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';

/** Opens snoozed alerts whose time has come, at most `limit`; how many. */
export function wakeAlerts(deps: AlertDeps, input: { limit: number }): Promise<{ woken: number }> {
  return inTransaction(deps, causeOf({ kind: 'job', id: 'wake-alerts' }), async (tx) => {
    const due = await tx.stores.alerts.listAlertsToWake({ now: deps.clock.now(), limit: input.limit });
    for (const alert of due) {
      await changeAlert(tx, { alert, change: { status: 'open', snoozedUntil: null, acknowledgedBy: null } });
    }
    return { woken: due.length };
  });
}
