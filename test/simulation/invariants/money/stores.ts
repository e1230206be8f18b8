// The product's read verbs over the look's own connection, so that what surfaces show can be compared with the rows.
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { createStores } from '#db/engine/create-stores.ts';
import { asSharedDatabase, sqliteClaim } from '#db/query/session.ts';
import { sqliteDriver } from '#db/schema/drizzle.ts';
import { sqliteKit } from '#db/schema/kit.ts';
import { buildTables } from '#db/schema/tables.ts';
import type { Database } from '#kernel/database.ts';
import type { Look } from '../look.ts';

const tables = buildTables(sqliteKit());

/** For reading only. */
export function readingDatabase({ connection }: Look): Database<AccountingStores> {
  const stores = createStores({
    db: asSharedDatabase(sqliteDriver().drizzle({ client: connection })),
    tables,
    claimed: sqliteClaim,
    requirePresence: async () => undefined,
    noteDue: () => undefined,
  });
  return {
    holder: 'invariants',
    read: (work) => work(stores),
    transaction: () => Promise.reject(new Error('an invariant only looks')),
  };
}
