import type { AuditStore, PendingActionStore } from '#access/access-store.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { limit, prepareDeleteFirst, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gt, isNotNull, lt, sql } from '../../schema/drizzle.ts';

const actionsPerPage = 500;

interface Action {
  id: string;
  at: Milliseconds;
  action: string;
}

type ActionQuery = Parameters<AuditStore['countAudit']>[0] & { after: Omit<Action, 'action'> | null; limit: number };

export function createAuditStore(session: Session): AuditStore {
  const { auditRecords } = session.tables;
  const insert = prepareInsert(session, { name: 'record_audit', table: auditRecords });
  const { id, at, action } = auditRecords;
  const byTime = keyset(auditRecords, 'at');
  const listActions = rowsOf(session, auditRecords, { id, at, action }).prepareList<ActionQuery>(
    'list_actions',
    (shape) => ({
      where: and(eq(auditRecords.actorKind, sql.placeholder('actorKind')), within(at), byTime.after(shape, 'after')),
      order: byTime.oldestFirst,
      limit,
    }),
  );
  return {
    async record(entry) {
      await insert(entry);
    },
    listAudit: rowsOf(session, auditRecords).prepareList('list_audit', ({ has }) => ({
      where: has('subject') ? eq(auditRecords.subject, sql.placeholder('subject')) : undefined,
      order: keyset(auditRecords, 'at').newestFirst,
      limit,
    })),
    async countAudit(query) {
      const counts = new Map<string, number>();
      let after: { at: Milliseconds; id: string } | null = null;
      do {
        const page: Action[] = await listActions({ ...query, after, limit: actionsPerPage });
        for (const { action } of page) counts.set(action, 1 + (counts.get(action) ?? 0));
        after = page.length < actionsPerPage ? null : (page.at(-1) ?? null);
      } while (after !== null);
      return [...counts].map(([action, count]) => ({ action, count })).sort((a, b) => (a.action < b.action ? -1 : 1));
    },
  };
}

export function createPendingActionStore(session: Session): PendingActionStore {
  const { db } = session;
  const { pendingActions } = session.tables;
  const isOfAdmin = eq(pendingActions.adminId, sql.placeholder('adminId'));
  const isWaiting = gt(pendingActions.expiresAt, sql.placeholder('now'));
  const isUsable = and(eq(pendingActions.id, sql.placeholder('id')), isOfAdmin, isWaiting);
  const order = [asc(pendingActions.expiresAt)];
  const { prepareList } = rowsOf(session, pendingActions);
  const insert = prepareInsert(session, { name: 'save_pending_action', table: pendingActions });
  // Finding and deleting are one statement, so that two clicks cannot both confirm the action.
  const take = prepared(session, 'take_pending_action', () => db.delete(pendingActions).where(isUsable).returning());
  const awaitText = prepared(session, 'await_text_of_pending_action', () =>
    db
      .update(pendingActions)
      .set({ awaitsTextSince: sql`${sql.placeholder('now')}`, expiresAt: sql`${sql.placeholder('until')}` })
      .where(isUsable)
      .returning(),
  );
  const findAwaitingText = prepareList<{ adminId: number; now: Milliseconds }>('find_action_awaiting_text', () => ({
    where: and(isOfAdmin, isNotNull(pendingActions.awaitsTextSince), isWaiting),
    order: keyset(pendingActions, 'awaitsTextSince').newestFirst,
    limit: 1,
  }));
  const replaceAction = prepared<unknown>(session, 'replace_pending_action', () =>
    db
      .update(pendingActions)
      .set({ action: sql`${sql.placeholder('action')}`, awaitsTextSince: null })
      .where(eq(pendingActions.id, sql.placeholder('id'))),
  );
  const deleteExpired = prepareDeleteFirst(session, 'delete_expired_actions', () => ({
    table: pendingActions,
    key: pendingActions.id,
    where: lt(pendingActions.expiresAt, sql.placeholder('before')),
    order,
  }));
  return {
    async save(action) {
      await insert(action);
    },
    consume: async (input) => (await take(input))[0],
    awaitText: async (input) => (await awaitText(input))[0],
    findAwaitingText: async (query) => (await findAwaitingText(query))[0],
    listWaiting: prepareList('list_waiting_actions', () => ({ where: isWaiting, order, limit })),
    async replaceAction(input) {
      await replaceAction(input);
    },
    prune: async (query) => (await deleteExpired(query)).length,
  };
}
