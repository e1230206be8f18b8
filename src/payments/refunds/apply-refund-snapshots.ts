import { asRefundId, type PaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { formatAsset, MoneyInvalid, parseMinorCeil } from '#kernel/money.ts';
import type { Trust } from '#kernel/provider-name.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import type { RefundEvent } from '../model/decide-refund.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import { nextRefundPollAt } from '../model/refund-schedule.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { ProviderRefund, ProviderRefundState } from '../ports/refund-provider.ts';
import { applyRefundEvent } from './change-refund.ts';

const events: Readonly<Record<ProviderRefundState, RefundEvent>> = {
  pending: 'seen_pending',
  succeeded: 'seen_succeeded',
  failed: 'seen_failed',
  cancelled: 'seen_cancelled',
};

/**
 * Applies what a provider shows of one payment's refunds. A refund that we did not request was made at the provider: it
 * is recorded here, because it counts against what was captured. Returns how many changed.
 */
export function applyRefundSnapshots(
  deps: ProviderDeps,
  input: { paymentId: PaymentId; snapshots: readonly ProviderRefund[]; cause: Cause },
): Promise<{ changed: number }> {
  return inTransaction(deps, input.cause, async (tx) => {
    const payment = await tx.stores.payments.findPayment(input.paymentId);
    assert(payment !== undefined, `payment ${input.paymentId} vanished`);
    let changed = 0;
    for (const snapshot of input.snapshots) {
      const isNews = await applyRefundSnapshot(
        { tx, providers: deps.providers },
        { payment, snapshot, trust: 'fetched' },
      );
      if (isNews) changed += 1;
    }
    return { changed };
  });
}

/** Applies one snapshot inside the caller's transaction; returns whether it changed anything. */
export async function applyRefundSnapshot(
  deps: { tx: PaymentTx; providers: ProviderRegistry },
  input: { payment: Payment; snapshot: ProviderRefund; trust: Trust },
): Promise<boolean> {
  const { tx } = deps;
  const { payment, snapshot, trust } = input;
  // Loaded again for each, because two snapshots may be of one refund.
  const known = await tx.stores.refunds.listRefundsForPayment(payment.id);
  const ours = known.find(
    (refund) =>
      refund.id === snapshot.refundId || (refund.reference !== null && refund.reference === snapshot.reference),
  );
  const refund = ours ?? (await adopt(tx, { payment, snapshot, trust }));
  if (ours !== undefined && !saysMore(ours, snapshot)) return false;
  const applied = await applyRefundEvent(deps, {
    refund,
    event: events[snapshot.state],
    facts: {
      reference: snapshot.reference,
      claimUrl: snapshot.claimUrl ?? refund.claimUrl,
      providerStatus: snapshot.providerStatus,
      transactionIds: [...new Set([...refund.transactionIds, ...snapshot.transactionIds])],
    },
    text: `${snapshot.state}: ${providerTitle(payment.provider)} says ${snapshot.providerStatus}`,
    trust,
  });
  return applied.kind === 'changed' || ours === undefined;
}

/** A snapshot of what is known already only moves the time of the next poll, which the caller does. */
function saysMore(refund: Refund, snapshot: ProviderRefund): boolean {
  const isSame =
    refund.providerStatus === snapshot.providerStatus &&
    refund.reference === snapshot.reference &&
    (snapshot.claimUrl === null || refund.claimUrl === snapshot.claimUrl) &&
    snapshot.transactionIds.every((id) => refund.transactionIds.includes(id));
  return !isSame || statesOf[snapshot.state] !== refund.status;
}

const statesOf = { pending: 'pending', succeeded: 'succeeded', failed: 'failed', cancelled: 'cancelled' } as const;

async function adopt(
  tx: PaymentTx,
  { payment, snapshot, trust }: { payment: Payment; snapshot: ProviderRefund; trust: Trust },
): Promise<Refund> {
  const now = tx.clock.now();
  const refund: Refund = {
    id: asRefundId(tx.ids.newId()),
    orderId: payment.orderId,
    paymentId: payment.id,
    provider: payment.provider,
    status: 'requested',
    version: 1,
    currency: payment.currency,
    amountMinor: goneMinor(payment, snapshot),
    requestedAmount: snapshot.amount.amount,
    requestedAsset: snapshot.amount.asset,
    reason: `Made at ${providerTitle(payment.provider)}, without Tillkeeper`,
    requestedByKind: 'provider',
    requestedById: payment.provider,
    approvedById: null,
    reference: snapshot.reference,
    claimUrl: snapshot.claimUrl,
    providerStatus: null,
    transactionIds: [],
    sentAt: snapshot.createdAt ?? now,
    sends: 0,
    nextPollAt: nextRefundPollAt({ status: 'pending', createdAt: now, sentAt: now }, now),
    requestKey: null,
    requestHash: null,
    createdAt: now,
    updatedAt: now,
    settledAt: null,
  };
  await tx.stores.refunds.insertRefund(refund);
  await writeTimeline(tx, {
    order: { id: payment.orderId },
    paymentId: payment.id,
    subject: 'refund',
    from: null,
    to: 'requested',
    trust,
    text: `refund of ${formatAsset(snapshot.amount)} was made at ${providerTitle(payment.provider)}, without Tillkeeper`,
  });
  return refund;
}

/**
 * Asset and order currency are worth the same wherever a provider can refund; a fraction counts as a whole minor unit,
 * and an unknown unit, or more than a number holds, as the full amount, so that never more is refunded than was captured.
 */
function goneMinor(payment: Payment, { amount }: ProviderRefund): number {
  if (amount.asset !== payment.requestedAsset) return payment.amountMinor;
  try {
    return parseMinorCeil(amount.amount, payment.currency);
  } catch (error) {
    if (error instanceof MoneyInvalid) return payment.amountMinor;
    throw error;
  }
}
