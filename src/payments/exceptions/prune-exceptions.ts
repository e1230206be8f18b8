import { day } from '#kernel/clock.ts';
import type { Retention } from '#kernel/retention.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** What is settled is kept as long as its alert; the history of its order is kept for ever. */
export const exceptionRetention: Retention<PaymentStores> = {
  name: 'exceptions',
  keptMs: 180 * day,
  prune: (stores, query) => stores.exceptions.pruneResolvedExceptions(query),
};
