// What waits in the database waits for a moment of the wall clock. When that is set back, messages, retries and polls would
// wait for as much longer; they are made due instead, because to try once too often is harmless. Leases would last for as much
// longer, too: those that were taken by the clock of before, and that nobody could give back, end as late as any other.
import { type Clock, hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { EventLog } from '#kernel/process.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

interface WatchDeps {
  database: Database<PaymentStores>;
  clock: Clock;
  log: EventLog;
}

/** A clock that is corrected by less delays nothing that matters. */
const noticeMs: Milliseconds = 5 * second;
/** At a start nothing has to wait for longer: the clock may have been set back meanwhile. */
const waitAtStartMaxMs: Milliseconds = hour;

/** No lease is longer: twice the longest attempt of a worker. */
const leaseMaxMs: Milliseconds = 4 * minute;

export type WatchClock = () => Promise<{ setBack: number }>;

/** Compares the wall clock with elapsed time at each call. Small corrections add up. */
export function createClockWatch(deps: WatchDeps): WatchClock {
  const { clock, log } = deps;
  const aheadNow = (): Milliseconds => clock.now() - clock.elapsed();
  let mostAhead = aheadNow();
  return async () => {
    const ahead = aheadNow();
    const setBackMs = mostAhead - ahead;
    if (setBackMs >= noticeMs) {
      log.warn('wall clock set back', { byMs: setBackMs });
      await hasten(deps, { latest: clock.now() });
      mostAhead = ahead;
      return { setBack: 1 };
    }
    mostAhead = Math.max(mostAhead, ahead);
    return { setBack: 0 };
  };
}

/** For the start of the process. */
export function boundWaits(deps: Pick<WatchDeps, 'database' | 'clock'>): Promise<void> {
  return hasten(deps, { latest: deps.clock.now() + waitAtStartMaxMs });
}

function hasten(
  { database, clock }: Pick<WatchDeps, 'database' | 'clock'>,
  input: { latest: Milliseconds },
): Promise<void> {
  const leases = { latest: clock.now() + leaseMaxMs };
  return database.transaction(async (stores) => {
    await stores.inbox.hasten(input);
    await stores.outbox.hasten(input);
    await stores.payments.hastenPolls(input);
    await stores.refunds.hastenPolls(input);
    await stores.inbox.boundLeases(leases);
    await stores.outbox.boundLeases(leases);
    await stores.payments.boundPaymentLeases(leases);
  });
}
