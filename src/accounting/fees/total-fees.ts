import type { Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { sumDecimals } from '#kernel/money.ts';
import { walkPages } from '#kernel/page.ts';
import { providerNames } from '#kernel/provider-name.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { KnownFees } from '../ledger/ledger-store.ts';
import { compareTexts, type Fees } from '../ledger/tally.ts';

export interface FeeTotals {
  asset: string;
  /** Payments with fees in this asset. */
  count: number;
  fee: string;
  net: string;
}

const pageSize = 500;

/** Fees and net of all payments made in [from, to), per asset and never across. */
export async function totalFees(
  deps: { database: Pick<Database<Pick<AccountingStores, 'fees'>>, 'read'> },
  window: { from: Milliseconds; to: Milliseconds },
): Promise<FeeTotals[]> {
  const totals = new Map<string, FeeTotals>();
  for (const provider of providerNames) {
    const pages = walkPages({ limit: pageSize }, (last: KnownFees | undefined) => {
      const after = last === undefined ? null : { createdAt: last.createdAt, id: last.paymentId };
      const query = { ...window, provider, after, limit: pageSize };
      return deps.database.read((stores) => stores.fees.listKnownFees(query));
    });
    for await (const page of pages) for (const { fees } of page) for (const one of fees) addUp(totals, one);
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
