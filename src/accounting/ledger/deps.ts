import type { Database } from '#kernel/database.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import type { FeeStore, LedgerStore } from './ledger-store.ts';

/** What accounting needs of the database: the ledger and the fees, beside all that payments keep. */
export interface AccountingStores extends PaymentStores {
  ledger: LedgerStore;
  fees: FeeStore;
}

/** What a verb of accounting may use. */
export interface AccountingDeps extends PaymentDeps {
  database: Database<AccountingStores>;
}
