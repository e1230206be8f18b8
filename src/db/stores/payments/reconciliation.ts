import type { ReconciliationStore } from '#payments/ports/payment-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, inArray, lt, sql } from '../../schema/drizzle.ts';

export function createReconciliationStore(session: Session): ReconciliationStore {
  const { db } = session;
  const { reconciliationRuns: runs, reconciliationFindings: findings } = session.tables;
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
    findRun: async (id) => (await db.select().from(runs).where(eq(runs.id, id)))[0],
    listRuns: async (query) => db.select().from(runs).orderBy(desc(runs.startedAt), desc(runs.id)).limit(query.limit),
    async listRunsOf(query) {
      const { after } = query;
      const isAfter =
        after === null ? undefined : sql`(${runs.startedAt}, ${runs.id}) > (${after.startedAt}, ${after.id})`;
      return db
        .select()
        .from(runs)
        .where(and(eq(runs.provider, query.provider), isAfter))
        .orderBy(asc(runs.startedAt), asc(runs.id))
        .limit(query.limit);
    },
    async insertFinding(finding) {
      await db.insert(findings).values(finding);
    },
    listFindings: async (query) =>
      db
        .select()
        .from(findings)
        .where(eq(findings.runId, query.runId))
        .orderBy(asc(findings.createdAt), asc(findings.id))
        .limit(query.limit),
    async prune(query) {
      const isOld = lt(runs.startedAt, query.before);
      const oldFindings = db
        .select({ id: findings.id })
        .from(findings)
        .innerJoin(runs, eq(findings.runId, runs.id))
        .where(isOld)
        .orderBy(asc(runs.startedAt), asc(runs.id))
        .limit(query.limit);
      const goneFindings = await db
        .delete(findings)
        .where(inArray(findings.id, oldFindings))
        .returning({ id: findings.id });
      const ofRun = db.select({ id: findings.id }).from(findings).where(eq(findings.runId, runs.id));
      const oldRuns = db
        .select({ id: runs.id })
        .from(runs)
        .where(and(isOld, sql`not exists ${ofRun}`))
        .orderBy(asc(runs.startedAt), asc(runs.id))
        .limit(query.limit);
      const goneRuns = await db.delete(runs).where(inArray(runs.id, oldRuns)).returning({ id: runs.id });
      return goneFindings.length + goneRuns.length;
    },
  };
}
