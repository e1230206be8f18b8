import type { Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { sumDecimals } from '#kernel/money.ts';
import { walkPages } from '#kernel/page.ts';
import { providerNames } from '#kernel/provider-name.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import { compareTexts, type Fees, feesOf } from '../ledger/tally.ts';

export interface FeeTotals {
  asset: string;
  /** Payments with fees in this asset. */
  count: number;
  fee: string;
  net: string;
}

const pageSize = 500;
/** Payments of one provider that are summed; a period with more than this shows the sums of its first ones. */
const pagesMax = 200;

/** Fees and net of the payments made in [from, to), per asset and never across. */
export async function totalFees(
  deps: { database: Database<AccountingStores> },
  window: { from: Milliseconds; to: Milliseconds },
): Promise<FeeTotals[]> {
  const totals = new Map<string, FeeTotals>();
  for (const provider of providerNames) {
    const pages = walkPages({ limit: pageSize, pagesMax }, (last: Payment | undefined) => {
      const after = last === undefined ? null : { createdAt: last.createdAt, id: last.id };
      const query = { ...window, provider, after, limit: pageSize };
      return deps.database.read((stores) => stores.payments.listPaymentsWithFees(query));
    });
    for await (const page of pages) {
      const kept = await deps.database.read((stores) => stores.fees.listFeesOfPayments(page.map(({ id }) => id)));
      for (const payment of page) for (const fees of feesOf(payment)) addUp(totals, fees);
      for (const fees of kept) if (fees.standing === 'further') addUp(totals, fees);
    }
  }
  return [...totals.values()].sort((left, right) => compareTexts(left.asset, right.asset));
}

function addUp(totals: Map<string, FeeTotals>, { asset, fee, net }: Fees): void {
  const total = totals.get(asset) ?? { asset, count: 0, fee: '0', net: '0' };
  totals.set(asset, {
    asset,
    count: total.count + 1,
    fee: sumDecimals([total.fee, fee]),
    net: sumDecimals([total.net, net]),
  });
}
