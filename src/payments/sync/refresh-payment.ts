import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import { recordProviderOff } from '../collect/record-provider-off.ts';
import { recoverCreation } from '../collect/request-payment.ts';
import { applySnapshot } from '../lifecycle/apply-snapshot.ts';
import type { ProviderDeps, SnapshotDeps } from '../lifecycle/deps.ts';
import { type PaymentLease, type Refresh, withPayment } from '../lifecycle/payment-lease.ts';
import { keepUnread, postponePoll } from '../lifecycle/unread-payment.ts';
import { isOpenPayment, type Payment } from '../model/payment.ts';
import { ProviderError, ProviderNotUnderstood } from '../ports/provider-errors.ts';
import { fetchRefunds } from '../refunds/fetch-refunds.ts';
import { rehearsalOf } from './rehearsal.ts';

/**
 * Fetches one payment from its provider and applies the snapshot. Webhooks, polls, reconciliation and the button "Check
 * again" all end here; a payment whose creation was never answered is searched for first.
 */
export async function refreshPayment(
  deps: SnapshotDeps,
  input: {
    paymentId: PaymentId;
    cause: Cause;
    /** The provider reference that a webhook named; taken when the payment's own is not known yet. */
    claimedReference?: ProviderReference;
    /** An id below the reference that a webhook names; stored with the payment once the provider has answered, understood or not. */
    detail?: string;
    /** A caller that finds so many waiting for the payment in this process is answered `busy`. */
    waitingMax?: number;
    /** Aborts the calls, and the wait for others who work on the payment: then it is answered `busy`. */
    signal?: AbortSignal;
  },
): Promise<Refresh> {
  const { waitingMax } = input;
  const leased = await withPayment(deps, {
    paymentId: input.paymentId,
    ...(waitingMax !== undefined && { waitingMax }),
    signal: input.signal,
    work: async ({ payment, lease }): Promise<Refresh> => {
      const held = { payment, lease, cause: input.cause, ...(input.signal && { signal: input.signal }) };
      if (deps.providers.find(payment.provider) === undefined) {
        await postponePoll(deps, held);
        if (isOpenPayment(payment)) await recordProviderOff(deps, held);
        return { kind: 'provider_off' };
      }
      try {
        const reference = payment.reference ?? input.claimedReference;
        if (reference === undefined) return await recoverCreation(deps, held);
        const refresh = await fetchAndApply(deps, { ...held, reference, detail: input.detail });
        return await withRefunds(deps, { ...held, refresh });
      } catch (error) {
        return afterFailure(deps, { ...held, details: detailsOf(payment, input.detail), error });
      }
    },
  });
  return leased.kind === 'done' ? leased.result : leased;
}

async function afterFailure(
  deps: SnapshotDeps,
  held: { payment: Payment; lease: PaymentLease; details: readonly string[]; cause: Cause; error: unknown },
): Promise<Refresh> {
  const { error } = held;
  if (error instanceof ProviderNotUnderstood) {
    await keepUnread(deps, { ...held, error });
    return { kind: 'not_understood', error };
  }
  if (!(error instanceof ProviderError)) throw error;
  await postponePoll(deps, held);
  return { kind: 'provider_failed', error };
}

/** A rehearsal of `refreshPayment`: the provider is called, and everything that follows is rolled back. */
export async function forecastRefresh(
  deps: SnapshotDeps,
  input: {
    paymentId: PaymentId;
    cause: Cause;
    claimedReference: ProviderReference;
    detail: string | undefined;
    signal: AbortSignal;
  },
): Promise<Refresh> {
  const payment = await deps.database.read((stores) => stores.payments.findPayment(input.paymentId));
  if (payment === undefined) return { kind: 'unknown' };
  const reference = payment.reference ?? input.claimedReference;
  return fetchAndApply(rehearsalOf(deps), { ...input, payment, lease: null, reference });
}

/**
 * An event that changes nothing of a payment may be about its refunds; a payment that was just paid has none yet. Polls
 * are for open payments, and refunds have polls of their own.
 */
async function withRefunds(
  deps: ProviderDeps,
  input: { payment: Payment; refresh: Refresh; cause: Cause; signal?: AbortSignal },
): Promise<Refresh> {
  const { payment, refresh, cause, signal } = input;
  const hadMoney = payment.paidAt !== null || payment.receivedAmount !== null;
  if (refresh.kind !== 'unchanged' || cause.kind === 'poll' || !hadMoney) return refresh;
  try {
    await fetchRefunds(deps, { payment, cause, signal });
  } catch (error) {
    // The payment itself is understood; its refunds have a case of their own.
    if (!(error instanceof ProviderNotUnderstood)) throw error;
  }
  return refresh;
}

async function fetchAndApply(
  deps: SnapshotDeps,
  input: {
    payment: Payment;
    lease: PaymentLease | null;
    cause: Cause;
    reference: ProviderReference;
    detail: string | undefined;
    signal?: AbortSignal;
  },
): Promise<Refresh> {
  const { payment, lease, cause, detail } = input;
  const provider = deps.providers.find(payment.provider);
  assert(provider !== undefined, `provider ${payment.provider} is not configured`);
  const details = detailsOf(payment, detail);
  const requested = { amount: payment.requestedAmount, asset: payment.requestedAsset };
  const known = { requested, expiresAt: payment.expiresAt };
  const snapshot = await provider.fetchPayment(input.reference, { details, known, signal: input.signal });
  const shown = [...new Set([...details, ...(snapshot.details ?? [])])];
  return applySnapshot(deps, { paymentId: payment.id, lease, snapshot, details: shown, cause });
}

function detailsOf({ details }: Payment, named: string | undefined): string[] {
  return [...new Set([...details, ...(named === undefined ? [] : [named])])];
}
