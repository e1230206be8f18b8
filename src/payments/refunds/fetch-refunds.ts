import type { Cause } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { Payment } from '../model/payment.ts';
import { isOpenRefund } from '../model/refund.ts';
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
  const refunds = await deps.database.read((stores) => stores.refunds.listRefundsForPayment(payment.id));
  const ours = refunds.filter(isOpenRefund).map(({ id, reference }) => ({ refundId: id, reference }));
  const query = { paymentReference: payment.reference, asset: payment.requestedAsset, ours };
  const snapshots = await port.findRefunds(query, input.signal);
  return applyRefundSnapshots(deps, { paymentId: payment.id, snapshots, cause });
}
