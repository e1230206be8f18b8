// Fetches the providers' fees and settlements, and matches both to payments by reference. Fetching again changes
// nothing that has not changed there.
import { day, type Milliseconds } from '#kernel/clock.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import { causeOf, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { FeesProvider } from '#payments/ports/fees-provider.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { ProviderError, ProviderNotUnderstood } from '#payments/ports/provider-errors.ts';
import { refreshPayment } from '#payments/sync/refresh-payment.ts';
import type { AccountingDeps, AccountingStores } from '../ledger/deps.ts';
import { saveFees, saveSettlements } from './save-fees.ts';

/**
 * How far back is read every time: a month of settlements, and a few days for what a provider enters late. This also
 * covers a process that was down for weeks.
 */
const windowMs: Milliseconds = 35 * day;

/** Payments whose fee is fetched singly in one run. */
const askedMax = 100;

const cause = causeOf({ kind: 'job', id: 'fetch-fees' });

export interface FeesFetched {
  /** Payments whose fee is new or has changed. */
  booked: number;
  /** Fees of unmatched payments. */
  unmatched: number;
  settlements: number;
  /**
   * Providers that did not answer, or whose payment was changed at the same moment; they are read again the next time.
   */
  failed: number;
}

export async function fetchFees(deps: AccountingDeps, input: { signal?: AbortSignal }): Promise<FeesFetched> {
  const read: FeesFetched = { booked: 0, unmatched: 0, settlements: 0, failed: 0 };
  for (const provider of deps.providers.list()) {
    if (input.signal?.aborted) return read;
    if ((deps.providers.health(provider.name)?.retiredAt ?? null) !== null) continue;
    for (const part of partsOf(deps, { ...input, provider, read })) {
      try {
        await part();
      } catch (error) {
        if (!(error instanceof ProviderError || error instanceof ConcurrentChange)) throw error;
        read.failed += 1;
        deps.log.warn('fees not read', { provider: provider.name, reason: error.message });
        // A provider that does not answer is not asked for more; what is not understood concerns itself alone.
        if (!(error instanceof ProviderNotUnderstood)) break;
      }
    }
  }
  return read;
}

function partsOf(deps: AccountingDeps, reading: Reading): (() => Promise<void>)[] {
  const { fees, capabilities } = reading.provider;
  if (fees !== null) {
    const listed = { ...reading, fees };
    return [() => fetchListedFees(deps, listed), () => fetchSettlements(deps, listed)];
  }
  return capabilities.tellsFees ? [() => askForFees(deps, reading)] : [];
}

interface Reading {
  provider: PaymentProvider;
  read: FeesFetched;
  signal?: AbortSignal;
}

async function fetchListedFees(
  deps: TransactionDeps<AccountingStores>,
  input: Reading & { fees: FeesProvider },
): Promise<void> {
  const { fees, read, signal } = input;
  const { name } = input.provider;
  const to = deps.clock.now();
  const window = { from: to - windowMs, to };
  for await (const page of fees.listFees(window, signal)) {
    const saved = await saveFees(deps, { provider: name, page, cause });
    read.booked += saved.booked;
    read.unmatched += saved.unmatched;
  }
}

async function fetchSettlements(
  deps: TransactionDeps<AccountingStores>,
  input: Reading & { fees: FeesProvider },
): Promise<void> {
  const { fees, read, signal } = input;
  const { name } = input.provider;
  const to = deps.clock.now();
  const window = { from: to - windowMs, to };
  for await (const page of fees.listSettlements(window, signal)) {
    read.settlements += await saveSettlements(deps, { provider: name, page, cause });
  }
}

/** A provider whose snapshots have the fee may report it later than the payment was paid, when polling has ended. */
async function askForFees(deps: AccountingDeps, { provider, read, signal }: Reading): Promise<void> {
  const { name } = provider;
  const to = deps.clock.now();
  const query = { provider: name, statuses: ['paid', 'overpaid'], from: to - windowMs, to, limit: askedMax } as const;
  const payments = await deps.database.read((stores) => stores.payments.listPaymentsWithoutFees(query));
  for (const { id } of payments) {
    if (signal?.aborted) return;
    const refresh = await refreshPayment(deps, { paymentId: id, cause, ...(signal && { signal }) });
    if (refresh.kind === 'provider_failed') throw refresh.error;
    const after = await deps.database.read((stores) => stores.payments.findPayment(id));
    if (after !== undefined && after.figuresAsset !== null) read.booked += 1;
  }
  if (payments.length === askedMax) deps.log.warn('more fees are missing', { provider: name });
}
