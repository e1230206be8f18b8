import { type Case, decisionKinds, isLive, wasDecided } from '#cases/case.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { ExplainedDifference } from './close-day.ts';
import type { DayDifference } from './compare-day.ts';
import type { LoadedDay } from './load-provider-day.ts';

const casesMax = 20;

/**
 * A difference is explained while a case about the same payment or reference is open, because somebody is at it, and
 * once a person has decided about it. One that ended by itself explains nothing: the difference is still there.
 */
export async function explainDifferences(
  stores: AccountingStores,
  days: readonly LoadedDay[],
): Promise<ExplainedDifference[]> {
  const all: ExplainedDifference[] = [];
  for (const { provider, differences } of days) {
    for (const difference of differences) all.push(await explain(stores, provider, difference));
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
