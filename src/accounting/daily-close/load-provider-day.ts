import { type Case, decisionKinds, isLive, wasDecided } from '#cases/case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { formatAsset, formatMoney } from '#kernel/money.ts';
import { slicesOf } from '#kernel/page.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { ProviderFee } from '../ledger/ledger-store.ts';
import type { ExplainedDifference, ProviderDay } from './close-day.ts';
import { compareDay, type DayDifference } from './compare-day.ts';
import { dayRowsMax, loadDayPayments, requireWhole } from './day-payments.ts';
import type { FetchedDay } from './fetch-day.ts';

const pageSize = 200;

export interface LoadedDay extends ProviderDay {
  differences: DayDifference[];
}

/** Our side of one provider's day, beside the provider's. */
export async function loadProviderDay(
  stores: AccountingStores,
  input: { fetched: FetchedDay; from: Milliseconds; to: Milliseconds },
): Promise<LoadedDay> {
  const { fetched } = input;
  const { provider, refundsThere, tellsFees, isGivenUp } = fetched;
  const window = { provider, from: input.from, to: input.to };
  const listed = fetched.listed.kind === 'known' ? fetched.listed.value : [];
  const { payments, neighbours } = await loadDayPayments(stores, window, listed);
  const compared = compareDay({ ...window, payments, neighbours, listed });
  const isKnown = fetched.listed.kind === 'known';
  const query = { ...window, limit: dayRowsMax + 1 };
  const refunds = requireWhole(await stores.refunds.listRefundsSucceededBetween(query), `refunds of ${provider}`);
  const unmatched = await stores.fees.listFees({ ...query, standing: 'unmatched' });
  requireWhole(unmatched, `fees of ${provider}`);
  const differences = isKnown ? compared.differences : [];
  return {
    provider,
    payments,
    refunds,
    refundsThere,
    tellsFees,
    isGivenUp,
    there: fetched.listed.kind === 'known' ? { kind: 'known', value: compared.there } : fetched.listed,
    furtherFees: await furtherFees(stores, payments),
    settlements: requireWhole(await stores.fees.listSettlements(query), `settlements of ${provider}`),
    differences: [
      ...differences,
      ...refunds.flatMap((refund) => missingRefund(refund, fetched)),
      ...unmatched.flatMap((figure) => unmatchedFees(figure, differences)),
    ],
  };
}

async function furtherFees(stores: AccountingStores, payments: readonly Payment[]): Promise<ProviderFee[]> {
  const found: ProviderFee[] = [];
  for await (const page of slicesOf(payments, pageSize)) {
    found.push(...(await stores.fees.listFeesOfPayments(page.map(({ id }) => id))));
  }
  return found.filter(({ standing }) => standing === 'further');
}

const untouchable = { payment: null, isDecided: false, mayHeal: false } as const;

function missingRefund(refund: Refund, { refundsThere }: FetchedDay): DayDifference[] {
  if (refundsThere.kind === 'unknown' || refundsThere.value.has(refund.id)) return [];
  const here = `refund of ${formatMoney(refund)} succeeded`;
  return [{ ...untouchable, kind: 'refund', reference: refund.reference, here, there: 'not succeeded' }];
}

/** Fees of an unmatched payment; reported once, where the provider's list has the payment as well. */
function unmatchedFees(figure: ProviderFee, known: readonly DayDifference[]): DayDifference[] {
  const { reference, fee, net, asset } = figure;
  if (known.some((difference) => difference.reference === reference)) return [];
  const there = `fee ${formatAsset({ amount: fee, asset })}, net ${formatAsset({ amount: net, asset })}`;
  return [{ ...untouchable, kind: 'figures', reference, here: 'unknown', there }];
}

const casesMax = 20;

/**
 * A difference is explained while a case about the same payment or reference is open, because an admin works on it, and
 * once an admin has decided about it. A case that was resolved automatically explains nothing: the difference is still
 * there.
 */
export async function explainDifferences(
  stores: AccountingStores,
  days: readonly LoadedDay[],
): Promise<ExplainedDifference[]> {
  const all: ExplainedDifference[] = [];
  for (const { provider, differences } of days) {
    for await (const slice of slicesOf(differences)) {
      for (const difference of slice) all.push(await explain(stores, provider, difference));
    }
  }
  return all;
}

async function explain(
  stores: AccountingStores,
  provider: ProviderName,
  difference: DayDifference,
): Promise<ExplainedDifference> {
  const { kind, reference, payment, here, there } = difference;
  const about = { provider, reference, paymentId: payment?.id ?? null, kinds: decisionKinds, limit: casesMax };
  const cases = difference.isDecided ? [] : await stores.cases.listCasesAbout(about);
  const [order] = payment === null ? [] : await stores.orders.listOrdersByIds([payment.orderId]);
  return {
    provider,
    kind,
    reference,
    here,
    there,
    paymentId: payment?.id ?? null,
    order: order === undefined ? null : formatOrderNumber(order.number),
    isExplained: difference.isDecided || cases.some(explains),
  };
}

function explains(one: Case): boolean {
  return isLive(one) || wasDecided(one);
}
