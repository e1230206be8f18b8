import { type Milliseconds, minute } from '#kernel/clock.ts';
import { assert } from '#kernel/invariant.ts';
import { slicesOf } from '#kernel/page.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ListedPayment } from '#payments/model/snapshot.ts';
import type { PaymentStore } from '#payments/ports/payment-store.ts';
import { pagesOfPayments } from '#payments/reconciliation/reconciliation-runs.ts';
import type { AccountingStores } from '../ledger/deps.ts';

/** How far the times of one payment may differ between us and the provider: ours is written before theirs. */
export const edgeMs: Milliseconds = 10 * minute;

/** All rows of a day at one provider are held in memory; a day with more than this is not closed, and never in part. */
export const dayRowsMax = 100_000;

/** Throws where a list is longer than a day may be: a sum over its first rows would be silently too small. */
export function requireWhole<Row>(rows: readonly Row[], what: string): readonly Row[] {
  assert(rows.length <= dayRowsMax, `more than ${dayRowsMax} ${what} in one day`);
  return rows;
}

export interface DayWindow {
  provider: ProviderName;
  from: Milliseconds;
  to: Milliseconds;
}

export interface DayPayments {
  /** Made on the day. */
  payments: Payment[];
  /** Made near its edges, or known from another day by a reference that the provider lists. */
  neighbours: Payment[];
}

/** Our payments of one provider's day, and those of other days that its list may show as well. */
export async function loadDayPayments(
  stores: AccountingStores,
  window: DayWindow,
  listed: readonly ListedPayment[],
): Promise<DayPayments> {
  const { provider, from, to } = window;
  const list: PaymentStore['listPaymentsMadeBetween'] = (query) => stores.payments.listPaymentsMadeBetween(query);
  const pages = pagesOfPayments(list, { provider, from: from - edgeMs, to: to + edgeMs });
  const around: Payment[] = [];
  for await (const page of pages) {
    around.push(...page);
    requireWhole(around, `payments of ${provider}`);
  }
  const payments = around.filter(({ createdAt }) => createdAt >= from && createdAt < to);
  const neighbours = around.filter(({ createdAt }) => createdAt < from || createdAt >= to);
  const known = new Set<string>(
    around.flatMap(({ id, reference }) => [id, ...(reference === null ? [] : [reference])]),
  );
  const unknown = listed.flatMap(({ reference, paymentId }) =>
    reference === null || known.has(reference) || (paymentId !== null && known.has(paymentId)) ? [] : [reference],
  );
  for await (const slice of slicesOf(unknown)) {
    for (const reference of slice) {
      // A create whose answer was lost may have been made there long after it was requested here.
      const elsewhere = await stores.payments.findPaymentByReference({ provider, reference });
      if (elsewhere !== undefined) neighbours.push(elsewhere);
    }
  }
  return { payments, neighbours };
}
