// What a comparison found and could not heal is a case with an age: an hourly run that finds the same again leaves it as old
// as it is, one that finds it no longer ends it, and what an admin has decided stays decided while nothing changes.
import { type Case, findingKinds, unmatchedKey, wasDecided } from '#cases/case.ts';
import type { CaseStore, CaseTx } from '#cases/case-store.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { formatAsset } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { FindingKind } from '../model/reconciliation.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { Bounds, Difference } from './compare-with-provider.ts';

/** As many open findings of one provider are looked through for those that are over. */
const endedMax = 2_000;

const headlines: Readonly<Record<FindingKind, string>> = {
  missing_here: 'The provider has a payment that we do not know',
  missing_there: 'The provider does not have our payment',
  status: 'The provider’s status differs from ours',
  amount: 'The provider collects another amount',
  currency: 'The provider collects another currency',
};

export function findingKey(
  provider: ProviderName,
  { kind, reference, payment }: Pick<Difference, 'kind' | 'reference' | 'payment'>,
): string {
  if (kind === 'missing_here' && reference !== null) return unmatchedKey(provider, reference);
  return `finding_${kind}:${provider}:${reference ?? payment?.id ?? 'unknown'}`;
}

/** Opens what is new, freshens what is known, and tells how many of them an admin has settled as they are. */
export async function openFindings(
  tx: PaymentTx,
  input: { provider: ProviderName; differences: readonly Difference[] },
): Promise<{ settled: number }> {
  const { provider, differences } = input;
  const keys = differences.map((difference) => findingKey(provider, difference));
  const known = await tx.stores.cases.listCasesByKeys(keys);
  let settled = 0;
  for (const difference of differences) {
    const key = findingKey(provider, difference);
    // The newest of a key comes first.
    const last = known.find((one) => one.key === key);
    if (last !== undefined && isSettled(last, difference)) settled += 1;
    else await openFinding(tx, { provider, difference, key });
  }
  return { settled };
}

/**
 * An admin has looked at exactly this; a difference that has grown since is another one. Of a payment that a webhook told
 * of, what was decided stands whatever becomes of it.
 */
function isSettled(last: Case, { here, there }: Difference): boolean {
  if (!wasDecided(last)) return false;
  return last.kind === 'payment_unknown' || (last.facts.here === here && last.facts.there === there);
}

/** What a webhook told of before goes on as the finding: the same case, as old as it is and with its assignee. */
async function openFinding(
  tx: PaymentTx,
  input: { provider: ProviderName; difference: Difference; key: string },
): Promise<void> {
  const { provider, difference, key } = input;
  const { kind, payment, snapshot, here, there } = difference;
  const order = payment === null ? undefined : await tx.stores.orders.findOrder(payment.orderId);
  await raiseCase(tx, {
    key,
    kind: `finding_${kind}`,
    severity: 'warning',
    rings: false,
    provider,
    reference: difference.reference,
    orderId: payment?.orderId ?? null,
    paymentId: payment?.id ?? null,
    subjectAt: payment?.createdAt ?? snapshot?.createdAt ?? null,
    actions: ['resolve'],
    facts: {
      headline: headlines[kind],
      orderNumber: order === undefined ? null : formatOrderNumber(order.number),
      amount: snapshot === null ? null : formatAsset(snapshot.requested),
      why: snapshot === null ? 'It is not in the provider’s own list.' : snapshot.providerStatus,
      here,
      there,
      money: snapshot?.requested ?? null,
      label: snapshot?.label ?? null,
    },
  });
}

/** Ends what this run would have found again if it were still so: what lies outside of its window stays open. */
export async function endLostFindings(
  tx: CaseTx,
  input: { provider: ProviderName; found: ReadonlySet<string>; bounds: Bounds },
): Promise<void> {
  const { provider, found, bounds } = input;
  const open = await tx.stores.cases.listLiveCasesOfProvider({ provider, kinds: findingKinds, limit: endedMax });
  const over = open.filter(({ key, subjectAt }) => !found.has(key) && isCovered(subjectAt, bounds));
  for (const { key } of over) await resolveCase(tx, { key, by: 'A later comparison no longer finds it.' });
}

function isCovered(subjectAt: Milliseconds | null, { oldest, newest }: Bounds): boolean {
  return subjectAt === null || (subjectAt >= oldest && subjectAt <= newest);
}

/** The first that no admin has settled. */
export async function firstUnsettled(
  stores: { cases: CaseStore },
  { provider, open }: { provider: ProviderName; open: readonly Difference[] },
): Promise<Difference | undefined> {
  for (const difference of open) {
    const live = await stores.cases.findLiveCase(findingKey(provider, difference));
    if (live !== undefined) return difference;
  }
  return undefined;
}
