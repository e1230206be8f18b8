import { day, type Milliseconds } from '#kernel/clock.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { AlertDeps } from './acknowledge-case.ts';
import type { Alert } from './case.ts';
import { changeAlert } from './raise-case.ts';

/** What only informs, such as a link that ran out unpaid, is no trouble any more when nobody took it up for a day. */
const informedForMs: Milliseconds = day;

/** The list holds everything that is live; so many pages of it are looked through in one run. */
const pagesMax = 20;

const cause = causeOf({ kind: 'job', id: 'retire-alerts' });

/** Ends `info` alerts that are older than a day, looking through the live ones in pages of `limit`; how many ended. */
export async function retireAlerts(deps: AlertDeps, input: { limit: number }): Promise<{ retired: number }> {
  let before: { openedAt: Milliseconds; id: string } | null = { openedAt: deps.clock.now() - informedForMs, id: '' };
  let retired = 0;
  for (let page = 0; page < pagesMax && before !== null; page += 1) {
    const place: { openedAt: Milliseconds; id: string } = before;
    const { seen, ended } = await inTransaction(deps, cause, async (tx) => {
      const old = await tx.stores.alerts.listAlerts({ statuses: ['open'], before: place, limit: input.limit });
      const ending = old.filter(onlyInforms);
      for (const alert of ending) {
        const change = {
          status: 'resolved',
          resolvedAt: deps.clock.now(),
          resolvedBy: 'Nobody had to act for a day.',
        } as const;
        await changeAlert(tx, { alert, change });
      }
      return { seen: old, ended: ending.length };
    });
    retired += ended;
    const last = seen.at(-1);
    before = last === undefined || seen.length < input.limit ? null : { openedAt: last.openedAt, id: last.id };
  }
  return { retired };
}

function onlyInforms(alert: Alert): boolean {
  return alert.severity === 'info';
}
