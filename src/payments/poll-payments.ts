import type { PaymentDeps } from './deps.ts';
import { refreshPayment } from './refresh-payment.ts';

/** So many payments are asked about at the same time. */
const concurrency = 4;

const cause = { kind: 'poll', id: 'poll-payments', actor: { kind: 'job', id: 'poll-payments' } } as const;

/** Asks about open payments whose time has come, most overdue first, at most `limit`. Heals every lost webhook. */
export async function pollPayments(
  deps: PaymentDeps,
  input: { limit: number; signal?: AbortSignal },
): Promise<{ polled: number; changed: number; failed: number }> {
  const due = await deps.database.read((stores) =>
    stores.payments.listPaymentsToPoll({ now: deps.clock.now(), limit: input.limit }),
  );
  // A provider that is down is known to be: its payments wait for the probe instead of failing one by one.
  const waiting = due.filter((payment) => deps.providers.health(payment.provider)?.breaker !== 'open');
  const counts = { polled: 0, changed: 0, failed: 0 };
  const queue = waiting.values();
  const work = async (): Promise<void> => {
    for (const payment of queue) {
      if (input.signal?.aborted) return;
      const refresh = await refreshPayment(deps, {
        paymentId: payment.id,
        cause,
        ...(input.signal && { signal: input.signal }),
      });
      counts.polled += 1;
      if (refresh.kind === 'changed') counts.changed += 1;
      if (refresh.kind === 'provider_failed') counts.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return counts;
}
