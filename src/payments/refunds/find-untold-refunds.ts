// Of a refund that somebody made at the provider itself only a webhook tells: no poll asks for the refunds of a payment that has
// none here. So the provider's list of refunds is compared as well, and where it has one that is not known, it is fetched.
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import { withPayment } from '../lifecycle/payment-lease.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import { ProviderNotUnderstood } from '../ports/provider-errors.ts';
import type { ListedRefund } from '../ports/refund-provider.ts';
import { fetchRefunds } from './fetch-refunds.ts';

/** Throws ProviderError when the provider does not answer. `until`: by the clock's `elapsed`; what is left is found the next time. */
export async function findUntoldRefunds(
  deps: ProviderDeps & { clock: Clock },
  input: {
    provider: PaymentProvider;
    window: { from: Milliseconds; to: Milliseconds };
    until: Milliseconds;
    cause: Cause;
    signal?: AbortSignal | undefined;
  },
): Promise<{ found: number }> {
  const { provider, window, until, cause, signal } = input;
  const listed = (await provider.refunds?.listRefunds(window, signal)) ?? [];
  let found = 0;
  for (const [reference, there] of Map.groupBy(listed, ({ paymentReference }) => paymentReference)) {
    if (signal?.aborted || deps.clock.elapsed() > until) break;
    const ours = await deps.database.read(async (stores) => {
      const payment = await stores.payments.findPaymentByReference({ provider: provider.name, reference });
      return payment && { payment, refunds: await stores.refunds.listRefundsForPayment(payment.id) };
    });
    // A payment that is not ours is a difference of its own.
    if (ours === undefined || areKnown(there, ours.refunds)) continue;
    found += await fetchThem(deps, { payment: ours.payment, cause, signal });
  }
  return { found };
}

/** Where the list does not say which refund it is, as many must have succeeded here. */
function areKnown(there: readonly ListedRefund[], ours: readonly Refund[]): boolean {
  const unnamed = there.filter(({ reference }) => reference === null);
  const succeeded = ours.filter(({ status }) => status === 'succeeded');
  const isKnown = ({ reference }: ListedRefund): boolean =>
    reference === null || ours.some((refund) => refund.reference === reference);
  return unnamed.length <= succeeded.length && there.every(isKnown);
}

async function fetchThem(
  deps: ProviderDeps,
  input: { payment: Payment; cause: Cause; signal: AbortSignal | undefined },
): Promise<number> {
  const { cause, signal } = input;
  try {
    const leased = await withPayment(deps, {
      paymentId: input.payment.id,
      signal,
      work: ({ payment }) => fetchRefunds(deps, { payment, cause, signal }),
    });
    return leased.kind === 'done' ? leased.result.changed : 0;
  } catch (error) {
    // It has a case of its own.
    if (error instanceof ProviderNotUnderstood) return 0;
    throw error;
  }
}
