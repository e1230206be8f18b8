import { type Milliseconds, minute } from '#kernel/clock.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { CaseDeps } from './case-store.ts';
import { keepCase } from './resolve-case.ts';

/** A scheduled job that does not do its work. */
export interface StuckJob {
  name: string;
  /** `TypeError: …`, or that it stands still. */
  reason: string;
}

const key = 'jobs_stuck';
/** A process that has just started, or another one of the same database, does not know of a stuck job for so long. */
const quietMs: Milliseconds = 10 * minute;
const cause = causeOf({ kind: 'job', id: 'watch-jobs' });

/** Keeps one case for all jobs that stand still or fail again and again, until no process has found one for a while. */
export async function reportStuckJobs(deps: CaseDeps, stuck: readonly StuckJob[]): Promise<{ stuck: number }> {
  const [first] = stuck;
  const live = await deps.database.read((stores) => stores.cases.findLiveCase(key));
  const isFresh = live === undefined || deps.clock.now() - live.lastRaisedAt < quietMs;
  if (first === undefined && isFresh) return { stuck: 0 };
  const facts = first && {
    headline: `${stuck.length === 1 ? 'A job does' : `${stuck.length} jobs do`} not run`,
    detail: `${stuck.map(({ name }) => name).join(', ')}. What they do is left undone meanwhile: see /health and the log.`,
    why: first.reason,
  };
  await inTransaction(deps, cause, async (tx) => {
    await keepCase(tx, {
      key,
      kind: 'jobs_stuck',
      severity: 'critical',
      facts: facts ?? null,
      over: 'Every job runs again.',
    });
    const found = facts && (await tx.stores.cases.findLiveCase(key));
    const now = tx.clock.now();
    // Its card says nothing of this.
    if (found && now - found.lastRaisedAt >= minute) await tx.stores.cases.changeCase(found, { lastRaisedAt: now });
  });
  return { stuck: stuck.length };
}
