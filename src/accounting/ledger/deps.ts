import type { Database } from '#kernel/database.ts';
import type { PaymentDeps, SnapshotDeps } from '#payments/lifecycle/deps.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import type { FeeStore, LedgerStore } from './ledger-store.ts';

/** What accounting needs of the database: the ledger and the fees, beside all that payments keep. */
export interface AccountingStores extends PaymentStores {
  ledger: LedgerStore;
  fees: FeeStore;
}

/** For a verb of accounting that asks providers and applies what they say. */
export interface AccountingDeps extends SnapshotDeps {
  database: Database<AccountingStores>;
}

/** All of it, as the composition root puts it together for the surfaces; a verb names less. */
export interface DomainDeps extends PaymentDeps {
  database: Database<AccountingStores>;
}
