import type { ReconciliationStore } from '#payments/ports/payment-store.ts';
import { keyset } from '../../query/keyset.ts';
import { prepared, prepareInsert, prepareReplace, settingsOf } from '../../query/prepared.ts';
import { limit, prepareDeleteFirst, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, eq, getTableColumns, inArray, lt, sql } from '../../schema/drizzle.ts';

export function createReconciliationStore(session: Session): ReconciliationStore {
  const { db } = session;
  const { reconciliationRuns: runs, reconciliationFindings: findings } = session.tables;
  const { prepare, prepareList } = rowsOf(session, runs);
  const byStart = keyset(runs, 'startedAt');
  const insertRun = prepareInsert(session, { name: 'insert_reconciliation', table: runs });
  const insertFinding = prepareInsert(session, { name: 'insert_finding', table: findings });
  const findById = prepare('find_reconciliation', ['id']);
  const { id, ...values } = getTableColumns(runs);
  const changeRun = prepared(session, 'change_reconciliation', () =>
    db
      .update(runs)
      .set(settingsOf(runs, Object.keys(values)))
      .where(and(eq(runs.id, sql.placeholder('id')), eq(runs.status, 'running')))
      .returning({ id }),
  );
  type Running = Parameters<ReconciliationStore['failRunningRuns']>[0];
  const failRunning = preparedByQuery(session, 'fail_reconciliations', ({ has }: ShapeOf<Running>) =>
    db
      .update(runs)
      .set({ status: 'failed', finishedAt: sql`${sql.placeholder('at')}`, error: sql`${sql.placeholder('error')}` })
      .where(
        and(
          eq(runs.status, 'running'),
          has('startedBefore')
            ? lt(sql`coalesce(${runs.takenUpAt}, ${runs.startedAt})`, sql.placeholder('startedBefore'))
            : undefined,
        ),
      )
      .returning({ id }),
  );
  return {
    ...createHalves(session),
    async insertRun(run) {
      await insertRun(run);
    },
    changeRun: async (run) => (await changeRun(run)).length === 1,
    failRunningRuns: async (input) => (await failRunning(input)).length,
    findRun: async (key) => (await findById({ id: key }))[0],
    listRuns: prepareList('list_reconciliations', () => ({ where: undefined, order: byStart.newestFirst, limit })),
    listRunsOf: prepareList('list_reconciliations_of', (shape) => ({
      where: and(eq(runs.provider, sql.placeholder('provider')), byStart.after(shape, 'after')),
      order: byStart.oldestFirst,
      limit,
    })),
    async insertFinding(finding) {
      await insertFinding(finding);
    },
    listFindings: rowsOf(session, findings).prepareList('list_findings', () => ({
      where: eq(findings.runId, sql.placeholder('runId')),
      order: keyset(findings, 'createdAt').oldestFirst,
      limit,
    })),
    prune: preparePruning(session),
  };
}

type Halves = Pick<ReconciliationStore, 'saveHalf' | 'findHalf' | 'dropHalf' | 'takeUpRun'>;

function createHalves(session: Session): Halves {
  const { db } = session;
  const { reconciliationRuns: runs, reconciliationFindings: findings, halfReconciliations: halves } = session.tables;
  const save = prepareReplace(session, { name: 'save_half_reconciliation', table: halves, key: ['provider'] });
  const find = rowsOf(session, halves).prepare('find_half_reconciliation', ['provider']);
  const drop = prepared<unknown>(session, 'drop_half_reconciliation', () =>
    db.delete(halves).where(eq(halves.provider, sql.placeholder('provider'))),
  );
  const dropFindings = prepared<unknown>(session, 'drop_findings', () =>
    db.delete(findings).where(eq(findings.runId, sql.placeholder('id'))),
  );
  const takeUp = prepared(session, 'take_up_reconciliation', () =>
    db
      .update(runs)
      .set({ status: 'running', finishedAt: null, error: null, takenUpAt: sql`${sql.placeholder('at')}` })
      .where(and(eq(runs.id, sql.placeholder('id')), eq(runs.status, 'failed')))
      .returning({ id: runs.id }),
  );
  return {
    saveHalf: (half) => save(half),
    findHalf: async (provider) => (await find({ provider }))[0],
    async dropHalf(provider) {
      await drop({ provider });
    },
    async takeUpRun(input) {
      if ((await takeUp(input)).length === 0) return false;
      await dropFindings(input);
      return true;
    },
  };
}

function preparePruning(session: Session): ReconciliationStore['prune'] {
  const { db } = session;
  const { reconciliationRuns: runs, reconciliationFindings: findings } = session.tables;
  const isOld = lt(runs.startedAt, sql.placeholder('before'));
  const order = keyset(runs, 'startedAt').oldestFirst;
  const deleteFindings = prepared(session, 'delete_old_findings', () => {
    const oldFindings = db
      .select({ id: findings.id })
      .from(findings)
      .innerJoin(runs, eq(findings.runId, runs.id))
      .where(isOld)
      .orderBy(...order)
      .limit(limit);
    return db.delete(findings).where(inArray(findings.id, oldFindings)).returning({ id: findings.id });
  });
  const ofRun = db.select({ id: findings.id }).from(findings).where(eq(findings.runId, runs.id));
  const deleteRuns = prepareDeleteFirst(session, 'delete_old_reconciliations', () => ({
    table: runs,
    key: runs.id,
    where: and(isOld, sql`not exists ${ofRun}`),
    order,
  }));
  return async (query) => (await deleteFindings(query)).length + (await deleteRuns(query)).length;
}
