import type { ReconciliationStore } from '#payments/ports/payment-store.ts';
import { keyset } from '../../query/keyset.ts';
import { deleteFirst, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, inArray, lt, sql } from '../../schema/drizzle.ts';

export function createReconciliationStore(session: Session): ReconciliationStore {
  const { db } = session;
  const { reconciliationRuns: runs, reconciliationFindings: findings } = session.tables;
  const { find, list } = rowsOf(session, runs);
  const byStart = keyset(runs, 'startedAt');
  const listOfFindings = rowsOf(session, findings).list;
  return {
    async insertRun(run) {
      await db.insert(runs).values(run);
    },
    async changeRun(run) {
      const { id, ...values } = run;
      const changed = await db
        .update(runs)
        .set(values)
        .where(and(eq(runs.id, id), eq(runs.status, 'running')))
        .returning({ id: runs.id });
      return changed.length === 1;
    },
    async failRunningRuns(input) {
      const { startedBefore } = input;
      const isOld = startedBefore === null ? undefined : lt(runs.startedAt, startedBefore);
      const ended = await db
        .update(runs)
        .set({ status: 'failed', finishedAt: input.at, error: input.error })
        .where(and(eq(runs.status, 'running'), isOld))
        .returning({ id: runs.id });
      return ended.length;
    },
    findRun: (id) => find(eq(runs.id, id)),
    listRuns: ({ limit }) => list(undefined, { order: byStart.newestFirst, limit }),
    listRunsOf: ({ provider, after, limit }) =>
      list(and(eq(runs.provider, provider), byStart.after(after)), { order: byStart.oldestFirst, limit }),
    async insertFinding(finding) {
      await db.insert(findings).values(finding);
    },
    listFindings: ({ runId, limit }) =>
      listOfFindings(eq(findings.runId, runId), { order: keyset(findings, 'createdAt').oldestFirst, limit }),
    async prune({ before, limit }) {
      const isOld = lt(runs.startedAt, before);
      const order = byStart.oldestFirst;
      const oldFindings = db
        .select({ id: findings.id })
        .from(findings)
        .innerJoin(runs, eq(findings.runId, runs.id))
        .where(isOld)
        .orderBy(...order)
        .limit(limit);
      const deleted = await db.delete(findings).where(inArray(findings.id, oldFindings)).returning({ id: findings.id });
      const ofRun = db.select({ id: findings.id }).from(findings).where(eq(findings.runId, runs.id));
      const where = and(isOld, sql`not exists ${ofRun}`);
      const deletedRuns = await deleteFirst(db, { table: runs, key: runs.id, where, order, limit });
      return deleted.length + deletedRuns.length;
    },
  };
}
