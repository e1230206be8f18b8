import type { AlertDeps } from '#cases/acknowledge-case.ts';
import { changeAlert } from '#cases/raise-case.ts';

/** Opens snoozed alerts whose time has come, at most `limit`; how many. */
export function wakeAlerts(deps: AlertDeps, input: { limit: number }): Promise<{ woken: number }> {
  return deps.database.transaction(async (stores) => {
    const due = await stores.alerts.listAlertsToWake({ now: deps.clock.now(), limit: input.limit });
    for (const alert of due) {
      await changeAlert(
        { ...deps, stores },
        { alert, change: { status: 'open', snoozedUntil: null, acknowledgedBy: null } },
      );
    }
    return { woken: due.length };
  });
}
