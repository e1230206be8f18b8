import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { CaseDeps } from './case-store.ts';
import { keepCase } from './keep-case.ts';

/** A scheduled job that does not do its work. */
export interface StuckJob {
  name: string;
  /** `TypeError: …`, or that it stands still. */
  reason: string;
}

const key = 'jobs_stuck';
const cause = causeOf({ kind: 'job', id: 'watch-jobs' });

/** Keeps one case for all jobs that stand still or fail again and again, until each of them works. */
export async function reportStuckJobs(deps: CaseDeps, stuck: readonly StuckJob[]): Promise<{ stuck: number }> {
  const [first] = stuck;
  const live = await deps.database.read((stores) => stores.cases.findLiveCase(key));
  if (first === undefined && live === undefined) return { stuck: 0 };
  const facts = first && {
    headline: `${stuck.length === 1 ? 'A job does' : `${stuck.length} jobs do`} not run`,
    detail: `${stuck.map(({ name }) => name).join(', ')}. What they do is left undone meanwhile: see /health and the log.`,
    why: first.reason,
  };
  await inTransaction(deps, cause, (tx) =>
    keepCase(tx, {
      key,
      kind: 'jobs_stuck',
      severity: 'critical',
      facts: facts ?? null,
      over: 'Every job runs again.',
    }),
  );
  return { stuck: stuck.length };
}
