import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { wakeTrouble } from './wait-for-trouble.ts';

/** Exceptions that somebody put off are due again when their time is over, at most `limit`; how many. */
export function wakeExceptions(
  deps: TransactionDeps<PaymentStores>,
  input: { limit: number },
): Promise<{ woken: number }> {
  return inTransaction(deps, causeOf({ kind: 'job', id: 'wake-exceptions' }), async (tx) => {
    const due = await tx.stores.exceptions.listExceptionsToWake({ now: deps.clock.now(), limit: input.limit });
    for (const exception of due) await wakeTrouble(tx, exception);
    return { woken: due.length };
  });
}
