import type { Database } from '#kernel/database.ts';
import type { PaymentDeps, SnapshotDeps } from '#payments/lifecycle/deps.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import type { DailySumsStore } from './daily-sums-store.ts';
import type { FeeStore, LedgerStore } from './ledger-store.ts';

/** The stores of accounting: the ledger, the fees and the sums of days, and those of payments. */
export interface AccountingStores extends PaymentStores {
  ledger: LedgerStore;
  fees: FeeStore;
  dailySums: DailySumsStore;
}

/** For a verb of accounting that calls providers and applies their snapshots. */
export interface AccountingDeps extends SnapshotDeps {
  database: Database<AccountingStores>;
}

/** Everything, as the composition root puts it together for the surfaces; a verb names less. */
export interface DomainDeps extends PaymentDeps {
  database: Database<AccountingStores>;
}
