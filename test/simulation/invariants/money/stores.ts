// The product's read verbs over the look's own connection, so that what surfaces show can be compared with the rows.
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { createStores } from '#db/engine/create-stores.ts';
import { keepStatements } from '#db/sqlite/kept-statements.ts';
import { createSqliteSession } from '#db/sqlite/sqlite-session.ts';
import type { Database } from '#kernel/database.ts';
import type { Look } from '../look.ts';

/** For reading only. */
export function readingDatabase({ connection }: Look): Database<AccountingStores> {
  const stores = createStores(
    createSqliteSession(keepStatements(connection), { requireOpen: () => undefined, noteDue: () => undefined }),
  );
  return {
    holder: 'invariants',
    read: (work) => work(stores),
    readOneMoment: (work) => work(stores),
    transaction: () => Promise.reject(new Error('an invariant only looks')),
  };
}
