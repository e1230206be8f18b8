import type { Milliseconds } from '#kernel/clock.ts';
import { sumDecimals } from '#kernel/money.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { AccountingDeps } from '../ledger/deps.ts';
import { compareTexts } from '../ledger/tally.ts';

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
  deps: Pick<AccountingDeps, 'database'>,
  window: { from: Milliseconds; to: Milliseconds },
): Promise<FeeTotals[]> {
  const totals = new Map<string, FeeTotals>();
  for (const provider of providerNames) {
    let after: Payment | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const fees = await pageOfFigures(deps, { ...window, provider, after });
      for (const figure of fees.all) addUp(totals, figure);
      after = fees.last;
      if (fees.isLast) break;
    }
  }
  return [...totals.values()].sort((left, right) => compareTexts(left.asset, right.asset));
}

type Figure = Pick<FeeTotals, 'asset' | 'fee' | 'net'>;

async function pageOfFigures(
  deps: Pick<AccountingDeps, 'database'>,
  query: { provider: ProviderName; from: Milliseconds; to: Milliseconds; after: Payment | undefined },
): Promise<{ all: Figure[]; last: Payment | undefined; isLast: boolean }> {
  const { after } = query;
  const place = after === undefined ? null : { createdAt: after.createdAt, id: after.id };
  return deps.database.read(async (stores) => {
    const payments = await stores.payments.listPaymentsWithFees({ ...query, after: place, limit: pageSize });
    const kept = await stores.fees.listFeesOfPayments(payments.map(({ id }) => id));
    const own = payments.flatMap(({ feeAmount: fee, netAmount: net, figuresAsset: asset }) =>
      fee === null || net === null || asset === null ? [] : [{ fee, net, asset }],
    );
    const all = [...own, ...kept.filter(({ standing }) => standing === 'further')];
    return { all, last: payments.at(-1), isLast: payments.length < pageSize };
  });
}

function addUp(totals: Map<string, FeeTotals>, { asset, fee, net }: Figure): void {
  const total = totals.get(asset) ?? { asset, count: 0, fee: '0', net: '0' };
  totals.set(asset, {
    asset,
    count: total.count + 1,
    fee: sumDecimals([total.fee, fee]),
    net: sumDecimals([total.net, net]),
  });
}
