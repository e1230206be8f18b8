import { daysUpTo } from '#accounting/daily-sums/calendar-days.ts';
import { readDays } from '#accounting/daily-sums/read-days.ts';
import { addTotals } from '#accounting/daily-sums/sums.ts';
import type { DaySums } from '#accounting/ledger/daily-sums-store.ts';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import type { FeeTotals } from '#accounting/ledger/tally.ts';
import { dayOf } from '#kernel/calendar.ts';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { assert } from '#kernel/invariant.ts';
import { type Money, subtractDecimals, sumDecimals, toDecimal } from '#kernel/money.ts';
import type { OrderStatus } from '#orders/order.ts';
import type { OrderTotals } from '#orders/order-store.ts';

export interface ShopStats {
  from: Milliseconds;
  to: Milliseconds;
  totals: OrderTotals[];
  /** Fees and net of the payments made in that time, as far as the providers have reported them. */
  fees: FeeTotals[];
  /** The oldest first. */
  days: DaySums[];
}

/** Orders whose money is, or was, there; refunds are not taken off. */
export const paidStatuses: readonly OrderStatus[] = ['paid', 'fulfilled', 'partially_refunded', 'refunded'];

/** The sum of the paid orders, per currency. */
export function paidSums(totals: readonly OrderTotals[]): Money[] {
  const sums = new Map<string, number>();
  for (const { status, currency, amountMinor } of totals) {
    if (paidStatuses.includes(status)) sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  }
  return [...sums].map(([currency, amountMinor]) => ({ amountMinor, currency }));
}

/**
 * Why paid less fees is not net: what providers have reported the fees of, less what the paid orders are over, a decimal
 * in each currency. Above zero it is money beside the paid orders: parts, late or surplus money. Below zero it is money
 * whose fee is not reported, or in another unit. None where they add up, and while no fee is known.
 */
export function feeGaps(
  paid: readonly Money[],
  fees: readonly Pick<FeeTotals, 'asset' | 'fee' | 'net'>[],
): { amount: string; currency: string }[] {
  if (fees.length === 0) return [];
  return paid.flatMap((sum) => {
    const { currency } = sum;
    const known = fees.filter(({ asset }) => asset === currency).flatMap(({ fee, net }) => [fee, net]);
    const amount = subtractDecimals(sumDecimals(known), toDecimal(sum));
    return /[1-9]/.test(amount) ? [{ amount, currency }] : [];
  });
}

/**
 * Orders of so many days of the calendar, per status and currency: sums are made in minor units and never across currencies. The
 * last day is that of `at`, or today.
 */
export async function shopStats(
  deps: { database: Pick<Database<AccountingStores>, 'read'>; clock: Clock },
  input: { days: 7 | 30 | 90; timeZone: string; at?: Milliseconds },
): Promise<ShopStats> {
  const { timeZone } = input;
  const days = await readDays(
    deps,
    daysUpTo(dayOf(input.at ?? deps.clock.now(), timeZone), { count: input.days, timeZone }),
  );
  const [first, last] = [days[0], days.at(-1)];
  assert(first !== undefined && last !== undefined, 'a calendar has days');
  const { orders, fees } = addTotals(days);
  return { from: first.from, to: last.to, totals: orders, fees, days };
}
