import type { PaymentDeps } from '../lifecycle/deps.ts';
import { wakeTrouble } from './wait-for-trouble.ts';

/** Exceptions that somebody put off are due again when their time is over, at most `limit`; how many. */
export function wakeExceptions(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'ids'>,
  input: { limit: number },
): Promise<{ woken: number }> {
  return deps.database.transaction(async (stores) => {
    const due = await stores.exceptions.listExceptionsToWake({ now: deps.clock.now(), limit: input.limit });
    for (const exception of due) await wakeTrouble({ stores, clock: deps.clock, ids: deps.ids }, exception);
    return { woken: due.length };
  });
}
