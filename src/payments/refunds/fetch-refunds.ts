import type { ProviderReference } from '#kernel/ids.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import { endUnreadRefunds, raiseUnread } from '../lifecycle/unread-payment.ts';
import type { Payment } from '../model/payment.ts';
import { isOpenRefund } from '../model/refund.ts';
import { ProviderNotUnderstood } from '../ports/provider-errors.ts';
import type { ProviderRefund, RefundProvider } from '../ports/refund-provider.ts';
import { applyRefundSnapshots } from './apply-refund-snapshots.ts';

/**
 * Fetches the refunds of a payment whose lease the caller holds: our open ones, and any others that the provider shows.
 * Throws ProviderError when the call fails; returns how many changed.
 */
export async function fetchRefunds(
  deps: ProviderDeps,
  input: { payment: Payment; cause: Cause; signal?: AbortSignal | undefined },
): Promise<{ changed: number }> {
  const { payment, cause } = input;
  const port = deps.providers.find(payment.provider)?.refunds ?? null;
  if (port === null || payment.reference === null) return { changed: 0 };
  const snapshots = await findRefunds(deps, { ...input, port, paymentReference: payment.reference });
  return applyRefundSnapshots(deps, { paymentId: payment.id, snapshots, cause });
}

/** What the provider shows, with all of our open refunds: another one of ours is not mistaken for one made there. */
export async function findRefunds(
  deps: ProviderDeps,
  input: {
    payment: Payment;
    paymentReference: ProviderReference;
    port: RefundProvider;
    cause: Cause;
    signal?: AbortSignal | undefined;
  },
): Promise<ProviderRefund[]> {
  const { payment, paymentReference, port, cause } = input;
  const refunds = await deps.database.read((stores) => stores.refunds.listRefundsForPayment(payment.id));
  const ours = refunds.filter(isOpenRefund).map(({ id, reference }) => ({ refundId: id, reference }));
  try {
    const found = await port.findRefunds({ paymentReference, asset: payment.requestedAsset, ours }, input.signal);
    await endUnreadRefunds(deps, { payment, cause });
    return found;
  } catch (error) {
    if (error instanceof ProviderNotUnderstood) {
      const { provider, reference, createdAt } = payment;
      const unread = { provider, reference, payment, part: 'refunds', what: error.what, madeAt: createdAt } as const;
      await inTransaction(deps, cause, (tx) => raiseUnread(tx, unread));
    }
    throw error;
  }
}
