import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { Refresh } from '../lifecycle/payment-lease.ts';
import { postponePoll } from '../lifecycle/unread-payment.ts';
import type { Payment } from '../model/payment.ts';
import { listUnavailable } from '../ports/provider-availability.ts';
import { refreshPayment } from './refresh-payment.ts';

/** So many payments are fetched at the same time. */
const concurrency = 4;

const cause = { kind: 'poll', id: 'poll-payments', actor: { kind: 'job', id: 'poll-payments' } } as const;

/** Polls open payments that are due, most overdue first, at most `limit`. Finds payments whose webhooks were lost. */
export async function pollPayments(
  deps: SnapshotDeps,
  input: { limit: number; signal?: AbortSignal },
): Promise<{ polled: number; changed: number; failed: number }> {
  // Payments of an unavailable provider wait for its probe instead of failing one by one, and they are not listed at
  // all, because as the most overdue they would fill the list.
  const unavailable = listUnavailable(deps.providers);
  const due = await deps.database.read((stores) =>
    stores.payments.listPaymentsToPoll({
      now: deps.clock.now(),
      except: unavailable,
      limit: input.limit,
    }),
  );
  const counts = { polled: 0, changed: 0, failed: 0 };
  const queue = due.values();
  const work = async (): Promise<void> => {
    for (const payment of queue) {
      if (input.signal?.aborted) return;
      const outcome = await pollOne(deps, { payment, signal: input.signal });
      counts.polled += 1;
      if (outcome === 'changed') counts.changed += 1;
      if (outcome === 'provider_failed' || outcome === 'not_understood' || outcome === 'threw') counts.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return counts;
}

async function pollOne(
  deps: SnapshotDeps,
  input: { payment: Payment; signal: AbortSignal | undefined },
): Promise<Refresh['kind'] | 'threw'> {
  const { payment, signal } = input;
  try {
    const refresh = await refreshPayment(deps, { paymentId: payment.id, cause, ...(signal && { signal }) });
    return refresh.kind;
  } catch (error) {
    // It stays on its schedule: a few failing payments at the head of every list would end polling for all.
    deps.log.error('payment not polled', { paymentId: payment.id, provider: payment.provider }, error);
    await postponePoll(deps, { payment, cause });
    return 'threw';
  }
}
