// Of a provider that lists nothing here, each of our payments that has ended is fetched again: money that came late or twice is
// found although every webhook of it was lost. Open payments are polled anyway.
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { isOpenPayment, type Payment } from '../model/payment.ts';
import { isAvailable } from '../ports/provider-availability.ts';
import { refreshPayment } from '../sync/refresh-payment.ts';
import { pagesOfPayments } from './reconciliation-runs.ts';

/** As far back as lists are compared. */
const windowMs: Milliseconds = 9 * day;
/** Late money mostly comes soon: of older payments only every third run asks. */
const freshMs: Milliseconds = day;
const rarelyMs: Milliseconds = 3 * hour;
const runEveryMs: Milliseconds = hour;
/** The next run goes on where one ends by this. */
const askMaxMs: Milliseconds = 10 * minute;

export interface AskedPayments {
  compared: number;
  healed: number;
}

export type AskEachPayment = (input: {
  provider: ProviderName;
  cause: Cause;
  signal: AbortSignal;
}) => Promise<AskedPayments>;

export function createPaymentAsker(deps: SnapshotDeps): AskEachPayment {
  /** When the payment was made at which the last run ended early. */
  const leftAt = new Map<ProviderName, Milliseconds>();

  return async ({ provider, cause, signal }) => {
    const now = deps.clock.now();
    const askUntil = deps.clock.elapsed() + askMaxMs;
    const counts = { compared: 0, healed: 0 };
    const window = { provider, from: Math.max(leftAt.get(provider) ?? 0, now - windowMs), to: now };
    leftAt.delete(provider);
    const pages = pagesOfPayments(
      (query) => deps.database.read((stores) => stores.payments.listPaymentsMadeBetween(query)),
      window,
    );
    for await (const page of pages) {
      for (const payment of page) {
        if (!isDue(payment, now)) continue;
        const isOver = signal.aborted || deps.clock.elapsed() > askUntil;
        if (isOver || !isAvailable(deps.providers.health(provider))) {
          leftAt.set(provider, payment.createdAt);
          return counts;
        }
        counts.compared += 1;
        if (await ask(deps, { payment, cause, signal })) counts.healed += 1;
      }
    }
    return counts;
  };
}

function isDue(payment: Payment, now: Milliseconds): boolean {
  if (isOpenPayment(payment) || payment.creation !== 'confirmed' || payment.reference === null) return false;
  const ageMs = now - payment.createdAt;
  return ageMs < freshMs || ageMs % rarelyMs < runEveryMs;
}

async function ask(
  deps: SnapshotDeps,
  { payment, cause, signal }: { payment: Payment; cause: Cause; signal: AbortSignal },
): Promise<boolean> {
  const { id: paymentId, provider } = payment;
  try {
    return (await refreshPayment(deps, { paymentId, cause, signal })).kind === 'changed';
  } catch (error) {
    // One payment that cannot be read must not keep all behind it from being asked for.
    deps.log.error('payment not asked for', { paymentId, provider }, error);
    return false;
  }
}
