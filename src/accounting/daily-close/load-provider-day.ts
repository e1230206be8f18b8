import type { Milliseconds } from '#kernel/clock.ts';
import { formatAsset, formatMoney } from '#kernel/money.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { ProviderFee } from '../ledger/ledger-store.ts';
import type { ProviderDay } from './close-day.ts';
import { compareDay, type DayDifference } from './compare-day.ts';
import { loadDayPayments } from './day-payments.ts';
import type { FetchedDay } from './fetch-day.ts';

/** Of each kind, in one day at one provider. */
const rowsMax = 1_000;

export interface LoadedDay extends ProviderDay {
  differences: DayDifference[];
}

/** Our side of one provider's day, beside what the provider said of it. */
export async function loadProviderDay(
  stores: AccountingStores,
  input: { look: FetchedDay; from: Milliseconds; to: Milliseconds },
): Promise<LoadedDay> {
  const { look } = input;
  const { provider, refundsThere, tellsFees, isGivenUp } = look;
  const window = { provider, from: input.from, to: input.to };
  const snapshots = look.snapshots.kind === 'known' ? look.snapshots.value : [];
  const { payments, neighbours } = await loadDayPayments(stores, window, snapshots);
  const compared = compareDay({ ...window, payments, neighbours, snapshots });
  const isKnown = look.snapshots.kind === 'known';
  const refunds = await stores.refunds.listRefundsSucceededBetween({ ...window, limit: rowsMax });
  const unmatched = await stores.fees.listFees({ ...window, standing: 'unmatched', limit: rowsMax });
  const differences = isKnown ? compared.differences : [];
  return {
    provider,
    payments,
    refunds,
    refundsThere,
    tellsFees,
    isGivenUp,
    there: look.snapshots.kind === 'known' ? { kind: 'known', value: compared.there } : look.snapshots,
    furtherFigures: await furtherFigures(stores, payments),
    settlements: await stores.fees.listSettlements({ ...window, limit: rowsMax }),
    differences: [
      ...differences,
      ...refunds.flatMap((refund) => missingRefund(refund, look)),
      ...unmatched.flatMap((figure) => strangeFigure(figure, differences)),
    ],
  };
}

async function furtherFigures(stores: AccountingStores, payments: readonly Payment[]): Promise<ProviderFee[]> {
  const found: ProviderFee[] = [];
  for (let at = 0; at < payments.length; at += rowsMax) {
    const ids = payments.slice(at, at + rowsMax).map(({ id }) => id);
    found.push(...(await stores.fees.listFeesOfPayments(ids)));
  }
  return found.filter(({ standing }) => standing === 'further');
}

const untouchable = { payment: null, isDecided: false, mayHeal: false } as const;

function missingRefund(refund: Refund, { refundsThere }: FetchedDay): DayDifference[] {
  if (refundsThere.kind === 'unknown' || refundsThere.value.has(refund.id)) return [];
  const here = `refund of ${formatMoney(refund)} succeeded`;
  return [{ ...untouchable, kind: 'refund', reference: refund.reference, here, there: 'not succeeded' }];
}

/** Money in the provider's books of a payment that we do not know; once, where its list shows the payment as well. */
function strangeFigure(figure: ProviderFee, known: readonly DayDifference[]): DayDifference[] {
  const { reference, fee, net, asset } = figure;
  if (known.some((difference) => difference.reference === reference)) return [];
  const there = `fee ${formatAsset({ amount: fee, asset })}, net ${formatAsset({ amount: net, asset })}`;
  return [{ ...untouchable, kind: 'figures', reference, here: 'unknown', there }];
}
