import { liveStatuses } from '#cases/case.ts';
import type { CasePlace, CaseStore } from '#cases/case-store.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, lt, lte, or, sql } from '../../schema/drizzle.ts';

export function createCaseStore(session: Session): CaseStore {
  const { db } = session;
  const { cases } = session.tables;
  const { liveKey, formerId, ...columns } = getTableColumns(cases);
  const oldestFirst = [asc(cases.openedAt), asc(cases.id)];
  const newestFirst = [desc(cases.openedAt), desc(cases.id)];
  const isLive = isNotNull(cases.liveKey);
  const isLaterThan = (place: CasePlace | null) =>
    place === null ? undefined : sql`(${cases.openedAt}, ${cases.id}) > (${place.openedAt}, ${place.id})`;
  const isEarlierThan = (place: CasePlace | null) =>
    place === null ? undefined : sql`(${cases.openedAt}, ${cases.id}) < (${place.openedAt}, ${place.id})`;
  const select = () => db.select(columns).from(cases);
  return {
    async insertCase(one) {
      const stored = await db
        .insert(cases)
        .values({ ...one, liveKey: one.status === 'resolved' ? null : one.key })
        .onConflictDoNothing({ target: cases.liveKey })
        .returning({ id: cases.id });
      return stored.length === 1;
    },
    findCase: async (id) => (await select().where(or(eq(cases.id, id), eq(cases.formerId, id))))[0],
    findLiveCase: async (key) => (await select().where(eq(cases.liveKey, key)))[0],
    async changeCase(one, change) {
      const isOver = (change.status ?? one.status) === 'resolved';
      const [changed] = await db
        .update(cases)
        .set({ ...change, liveKey: isOver ? null : one.key, version: one.version + 1 })
        .where(and(eq(cases.id, one.id), eq(cases.status, one.status), eq(cases.version, one.version)))
        .returning(columns);
      if (changed === undefined) throw new ConcurrentChange(`case ${one.id} changed meanwhile`);
      return changed;
    },
    listLiveCasesForOrder: async (orderId) =>
      select()
        .where(and(eq(cases.orderId, orderId), isLive))
        .orderBy(...oldestFirst),
    async listCasesByKeys(keys) {
      if (keys.length === 0) return [];
      return select()
        .where(inArray(cases.key, [...keys]))
        .orderBy(...newestFirst);
    },
    async findCaseOfRefund({ orderId, refundId }) {
      const isIt = and(eq(cases.orderId, orderId), eq(cases.refundId, refundId));
      return (await select().where(and(isIt, eq(cases.status, 'resolved'), isNotNull(cases.undo))))[0];
    },
    async listCases({ statuses, kinds, rings, order, after, limit }) {
      const isOldestFirst = order === 'oldest_first';
      return select()
        .where(
          and(
            inArray(cases.status, [...statuses]),
            kinds === null ? undefined : inArray(cases.kind, [...kinds]),
            rings === undefined ? undefined : eq(cases.rings, rings),
            isOldestFirst ? isLaterThan(after) : isEarlierThan(after),
          ),
        )
        .orderBy(...(isOldestFirst ? oldestFirst : newestFirst))
        .limit(limit);
    },
    async listCasesAbout({ provider, reference, paymentId, kinds, limit }) {
      const ofReference =
        reference === null ? undefined : and(eq(cases.reference, reference), eq(cases.provider, provider));
      const ofPayment = paymentId === null ? undefined : eq(cases.paymentId, paymentId);
      if (ofReference === undefined && ofPayment === undefined) return [];
      return select()
        .where(and(or(ofReference, ofPayment), inArray(cases.kind, [...kinds])))
        .orderBy(...newestFirst)
        .limit(limit);
    },
    listLiveCasesOfProvider: async ({ provider, kinds, limit }) =>
      select()
        .where(and(isLive, eq(cases.provider, provider), inArray(cases.kind, [...kinds])))
        .orderBy(...oldestFirst)
        .limit(limit),
    listCasesToWake: async ({ now, limit }) =>
      select()
        .where(and(eq(cases.status, 'snoozed'), lte(cases.snoozedUntil, now)))
        .orderBy(asc(cases.snoozedUntil), asc(cases.id))
        .limit(limit),
    listCasesOfProvider: async ({ provider, kinds, after, limit }) =>
      select()
        .where(and(eq(cases.provider, provider), inArray(cases.kind, [...kinds]), isLaterThan(after)))
        .orderBy(...oldestFirst)
        .limit(limit),
    async pruneResolvedCases({ before, limit }) {
      // What was resolved before then was opened before then, which the index knows.
      const isOld = and(lt(cases.openedAt, before), lt(cases.resolvedAt, before));
      const old = db
        .select({ id: cases.id })
        .from(cases)
        .where(and(eq(cases.status, 'resolved'), isOld))
        .orderBy(...oldestFirst)
        .limit(limit);
      const pruned = await db.delete(cases).where(inArray(cases.id, old)).returning({ id: cases.id });
      return pruned.map(({ id }) => id);
    },
    countLiveCases: async () =>
      db
        .select({
          kind: cases.kind,
          provider: cases.provider,
          status: cases.status,
          rings: cases.rings,
          count: sql<number>`cast(count(*) as bigint)`,
          oldestAt: sql<number>`min(${cases.openedAt})`,
        })
        .from(cases)
        .where(inArray(cases.status, [...liveStatuses]))
        .groupBy(cases.kind, cases.provider, cases.status, cases.rings)
        .orderBy(asc(cases.kind), asc(cases.provider), asc(cases.status), asc(cases.rings)),
  };
}
