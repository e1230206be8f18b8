// What a provider reports of one day, fetched before anything is written: its list, what a fresh snapshot heals, and
// which of the day's refunds it has. What it cannot report in this set-up is unknown, with a reason; if it does not
// answer, the day waits.
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { causeOf } from '#kernel/transaction-context.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { ListedPayment, PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { ProviderNotUnderstood, ProviderRejected } from '#payments/ports/provider-errors.ts';
import { refreshPayment } from '#payments/sync/refresh-payment.ts';
import type { AccountingDeps } from '../ledger/deps.ts';
import type { Known } from './close-day.ts';
import { compareDay, type DayDifference } from './compare-day.ts';
import { type DayWindow, edgeMs, loadDayPayments } from './day-payments.ts';
import { fetchDayRefunds } from './fetch-day-refunds.ts';

const cause = causeOf({ kind: 'job', id: 'close-days' });

/** So many payments of one day are fetched singly: if everything differs, single fetches are no help. */
const askedMax = 200;

export interface FetchedDay {
  provider: ProviderName;
  /** With what is not understood. */
  listed: Known<ListedPayment[]>;
  /** The ids of the day's refunds that succeeded there too. */
  refundsThere: Known<ReadonlySet<string>>;
  tellsFees: boolean;
  isGivenUp: boolean;
}

interface Asked {
  provider: PaymentProvider;
  window: DayWindow;
  signal: AbortSignal | undefined;
}

/** Throws ProviderError when the provider does not answer. */
export async function fetchDay(
  deps: AccountingDeps,
  input: { window: DayWindow; refunds: readonly Refund[]; signal: AbortSignal | undefined },
): Promise<FetchedDay> {
  const { provider: name } = input.window;
  const provider = deps.providers.find(name);
  if (provider === undefined) return unknownDay(name, `${providerTitle(name)} is not configured any more.`);
  const tellsFees = provider.fees !== null || provider.capabilities.tellsFees === true;
  const listed = await fetchPayments(deps, { ...input, provider });
  const refundsThere = await fetchDayRefunds(deps, { ...input, provider });
  return { provider: name, listed, refundsThere, tellsFees, isGivenUp: false };
}

/** A day of a provider that is not called, with the reason. */
export function unknownDay(provider: ProviderName, why: string): FetchedDay {
  const unknown = { kind: 'unknown', why } as const;
  return { provider, listed: unknown, refundsThere: unknown, tellsFees: false, isGivenUp: false };
}

async function fetchPayments(deps: AccountingDeps, asked: Asked): Promise<Known<ListedPayment[]>> {
  const { provider, window, signal } = asked;
  if (!provider.capabilities.canList) {
    return { kind: 'unknown', why: `${providerTitle(provider.name)} cannot list its payments in this set-up.` };
  }
  const value: ListedPayment[] = [];
  const around = { from: window.from - edgeMs, to: window.to + edgeMs };
  for await (const page of provider.listPayments(around, signal)) value.push(...page);
  const day = await deps.database.read((stores) => loadDayPayments(stores, window, value));
  const { differences } = compareDay({ ...window, ...day, listed: value });
  for (const difference of differences.slice(0, askedMax)) {
    const snapshot = await askAgain(deps, { ...asked, difference });
    if (snapshot !== undefined) value.push(snapshot);
  }
  return { kind: 'known', value };
}

/**
 * A different status is healed by fetching, as in a reconciliation; a payment that the list lacks may have been made
 * there on another day, and appears when it is fetched singly.
 */
async function askAgain(
  deps: AccountingDeps,
  input: Asked & { difference: DayDifference },
): Promise<PaymentSnapshot | undefined> {
  const { provider, signal } = input;
  const { payment, kind, mayHeal } = input.difference;
  if (payment === null) return undefined;
  if (mayHeal) {
    const refresh = await refreshPayment(deps, { paymentId: payment.id, cause, ...(signal && { signal }) });
    // A payment whose fetch is rejected stays different; if the provider does not answer, the day waits.
    if (refresh.kind === 'provider_failed' && !(refresh.error instanceof ProviderRejected)) throw refresh.error;
    return undefined;
  }
  const { reference, details, expiresAt } = payment;
  if (kind !== 'missing_there' || reference === null || !provider.capabilities.canFetch) return undefined;
  const requested = { amount: payment.requestedAmount, asset: payment.requestedAsset };
  try {
    return await provider.fetchPayment(reference, { details, known: { requested, expiresAt }, signal });
  } catch (error) {
    if (error instanceof ProviderRejected || error instanceof ProviderNotUnderstood) return undefined;
    throw error;
  }
}
