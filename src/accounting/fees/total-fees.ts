import type { Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { sumDecimals } from '#kernel/money.ts';
import { nextTurn, walkPages } from '#kernel/page.ts';
import { providerNames } from '#kernel/provider-name.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { KnownFees } from '../ledger/ledger-store.ts';
import { compareTexts, type Fees, type FeeTotals } from '../ledger/tally.ts';

const pageSize = 500;

type FeeDeps = { database: Pick<Database<Pick<AccountingStores, 'fees'>>, 'read'> };

/** Fees and net of all payments made in [from, to), per asset and never across. */
export async function totalFees(deps: FeeDeps, window: { from: Milliseconds; to: Milliseconds }): Promise<FeeTotals[]> {
  const totals = new Map<string, FeeTotals>();
  for await (const page of walkKnownFees(deps, window)) {
    for (const { fees } of page) for (const one of fees) addUp(totals, one);
  }
  return [...totals.values()].sort((left, right) => compareTexts(left.asset, right.asset));
}

/** The fees of each payment that was made in [from, to) and has any, page by page. */
export async function* walkKnownFees(
  deps: FeeDeps,
  { from, to }: { from: Milliseconds; to: Milliseconds },
): AsyncGenerator<readonly KnownFees[]> {
  for (const provider of providerNames) {
    // A page that is not full is the last, and nobody has a turn after it.
    await nextTurn();
    yield* walkPages({ limit: pageSize }, (last: KnownFees | undefined) => {
      const after = last === undefined ? null : { createdAt: last.createdAt, id: last.paymentId };
      const query = { from, to, provider, after, limit: pageSize };
      return deps.database.read((stores) => stores.fees.listKnownFees(query));
    });
  }
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
