import { day, type Milliseconds } from '#kernel/clock.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { endTrouble } from '../trouble.ts';

/** A link that ran out unpaid is no trouble any more when nobody took it up for a day; its alert ends as fast. */
const informedForMs: Milliseconds = day;

/** Ends exceptions that only inform, older than a day and nobody's, at most `limit`; how many. */
export function retireExceptions(
  deps: TransactionDeps<PaymentStores>,
  input: { limit: number },
): Promise<{ retired: number }> {
  const before = deps.clock.now() - informedForMs;
  return inTransaction(deps, causeOf({ kind: 'job', id: 'retire-exceptions' }), async (tx) => {
    const query = { kinds: ['payment_expired'] as const, after: null, limit: input.limit };
    const old = await tx.stores.exceptions.listOpenExceptions(query);
    const ending = old.filter(({ openedAt, ownerId }) => openedAt < before && ownerId === null);
    for (const { key } of ending) {
      await endTrouble(tx, { key, by: 'Nobody had to act for a day.' });
    }
    return { retired: ending.length };
  });
}
