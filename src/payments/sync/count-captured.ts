import type { Database } from '#kernel/database.ts';
import type { PaymentId } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';
import type { Payment } from '../model/payment.ts';
import { capturedOf } from '../model/refundable.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

const pageSize = 200;
/** A million payments; a database with more continues at the next start. */
const pagesMax = 5_000;

/**
 * Computes the captured amount of payments older than that column; once in the life of a database. A payment whose
 * provider is not configured waits until it is: only the provider's capabilities say whether an underpayment was
 * captured.
 */
export async function countCaptured(deps: {
  database: Database<PaymentStores>;
  providers: ProviderRegistry;
  log: EventLog;
}): Promise<{ counted: number }> {
  let counted = 0;
  let after: PaymentId | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const query: { after: PaymentId | null; limit: number } = { after, limit: pageSize };
    const uncounted = await deps.database.read((stores) => stores.payments.listUncountedPayments(query));
    counted += await count(deps, uncounted);
    const last = uncounted.at(-1);
    if (last === undefined || uncounted.length < pageSize) break;
    after = last.id;
  }
  if (counted > 0) deps.log.info('captured amounts of earlier payments computed', { counted });
  return { counted };
}

/** A payment that is changed concurrently is counted by that change, like every other. */
function count(
  deps: { database: Database<PaymentStores>; providers: ProviderRegistry },
  uncounted: readonly Payment[],
): Promise<number> {
  return deps.database.transaction(async (stores) => {
    let counted = 0;
    for (const payment of uncounted) {
      const { status, updatedAt } = payment;
      const provider = deps.providers.find(payment.provider);
      if (provider === undefined) continue;
      // `updatedAt` stays: nothing has happened to the payment, and closed days hold it unchanged.
      const change = { status, updatedAt, capturedMinor: capturedOf(payment, provider.capabilities) };
      if ((await stores.payments.tryChangePayment(payment, change)) !== undefined) counted += 1;
    }
    return counted;
  });
}
