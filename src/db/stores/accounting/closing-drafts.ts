// The one row of `book_closings` that is no closing yet, and its entries. Its run is compared by every statement that changes it.
import type { LedgerStore } from '#accounting/ledger/ledger-store.ts';
import { prepared, prepareInsert, settingsOf } from '../../query/prepared.ts';
import { prepareDeleteFirst } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, isNotNull, sql } from '../../schema/drizzle.ts';

type Drafts = Pick<LedgerStore, 'beginDraft' | 'holdDraft' | 'sealDraft' | 'deleteDraftEntries'>;

const nothingYet = { timeZone: '', closedAt: 0, endsAt: 0, content: '', hash: '', previousHash: '' };

export function createDrafts(session: Session): Drafts {
  const { ledgerClosings: closings, ledgerEntries: entries } = session.tables;
  const insert = prepareInsert(session, { name: 'insert_closing_draft', table: closings, unless: 'taken' });
  const isOfNumber = eq(closings.number, sql.placeholder('number'));
  const isMine = and(isOfNumber, eq(closings.draft, sql.placeholder('run')));
  const takeOver = prepared(session, 'take_closing_draft', () =>
    session.db
      .update(closings)
      .set(settingsOf(closings, ['day', 'draft']))
      .where(and(isOfNumber, isNotNull(closings.draft)))
      .returning({ number: closings.number }),
  );
  const hold = prepared(session, 'hold_closing_draft', () =>
    session.db.update(closings).set({ number: closings.number }).where(isMine).returning({ number: closings.number }),
  );
  const sealed = ['day', 'timeZone', 'closedAt', 'endsAt', 'content', 'hash', 'previousHash'];
  const seal = prepared(session, 'seal_closing', () =>
    session.db
      .update(closings)
      .set({ ...settingsOf(closings, sealed), draft: null })
      .where(isMine)
      .returning({ number: closings.number }),
  );
  const deleteEntries = prepareDeleteFirst<{ number: number; limit: number }>(session, 'delete_draft_entries', () => ({
    table: entries,
    key: entries.paymentId,
    where: eq(entries.number, sql.placeholder('number')),
    order: [asc(entries.paymentId)],
  }));
  return {
    async beginDraft({ number, day, run }) {
      if (await insert({ ...nothingYet, number, day, draft: run })) return true;
      return (await takeOver({ number, day, draft: run })).length > 0;
    },
    holdDraft: async ({ number, run }) => (await hold({ number, run })).length > 0,
    sealDraft: async ({ number, run }, closing) => (await seal({ ...closing, number, run })).length > 0,
    deleteDraftEntries: async (query) => (await deleteEntries(query)).length,
  };
}
