// A difference that a comparison could not heal is a case: an hourly run that finds it again does not change the age of
// the case, one that finds it no longer resolves it, and an admin's decision stands while the difference does not
// change.
import { type Case, findingKinds, unmatchedKey, unreadKey, wasDecided } from '#cases/case.ts';
import type { CaseStore } from '#cases/case-store.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { formatAsset } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { formatOrderNumber } from '#orders/order.ts';
import { settleAttention } from '../lifecycle/settle-attention.ts';
import { raiseUnread } from '../lifecycle/unread-payment.ts';
import type { Payment } from '../model/payment.ts';
import { type FindingKind, findingKinds as reconciliationKinds } from '../model/reconciliation.ts';
import type { UnreadPayment } from '../model/snapshot.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { Bounds, Difference } from './compare-with-provider.ts';

/** At most so many open findings of one provider are checked for those that are over. */
const endedMax = 2_000;

/** So many payments of one run that are not understood have a card each; of more, the list of exceptions has the rest. */
const ringsMax = 5;

const headlines: Readonly<Record<Differing, string>> = {
  missing_here: 'The provider has a payment that we do not know',
  missing_there: 'The provider does not have our payment',
  status: 'The provider’s status differs from ours',
  amount: 'The provider collects another amount',
  currency: 'The provider collects another currency',
};

/** An entry that is not understood is no difference: its case is that of the payment (unread-payment.ts). */
type Differing = Exclude<FindingKind, 'unread'>;
type RealDifference = Difference & { kind: Differing };

export function isReal(difference: Difference): difference is RealDifference {
  return difference.kind !== 'unread';
}

export function findingKey(
  provider: ProviderName,
  { kind, reference, payment }: Pick<Difference, 'kind' | 'reference' | 'payment'>,
): string {
  if (kind === 'missing_here' && reference !== null) return unmatchedKey(provider, reference);
  return `finding_${kind}:${provider}:${reference ?? payment?.id ?? 'unknown'}`;
}

/** What a later run that understands it again would find, or not: until then the case of a difference stands. */
export function keysOfLeftOut(provider: ProviderName, differences: readonly Difference[]): string[] {
  const leftOut = differences.filter((difference) => !isReal(difference));
  return reconciliationKinds.flatMap((kind) => leftOut.map((about) => findingKey(provider, { ...about, kind })));
}

/** One case for each payment that is not understood, and the end of those of foreign ones that are understood again. */
export async function openUnread(
  tx: PaymentTx,
  input: { provider: ProviderName; differences: readonly Difference[]; bounds: Bounds },
): Promise<void> {
  const { provider, differences, bounds } = input;
  const found = new Set<string>();
  let count = 0;
  for (const { unread, reference, payment: listed } of differences) {
    if (unread === undefined) continue;
    const payment = listed ?? (await findElsewhere(tx, unread));
    const madeAt = payment?.createdAt ?? unread.createdAt;
    const about = { provider, reference, payment, what: unread.unread, madeAt, rings: count < ringsMax };
    await raiseUnread(tx, about);
    if (payment === null) found.add(unreadKey(provider, reference ?? 'unknown'));
    // From here on it is asked for by itself, also where nothing more was expected of it.
    else if (payment.nextPollAt === null) await askSoon(tx, payment);
    count += 1;
  }
  const query = { provider, kinds: ['payment_unread'], limit: endedMax } as const;
  for (const { key, paymentId, subjectAt } of await tx.stores.cases.listLiveCasesOfProvider(query)) {
    // One of ours is asked for by itself, and ends when it is understood.
    const isOver = paymentId === null && !found.has(key) && isCovered(subjectAt, bounds);
    if (isOver) await resolveCase(tx, { key, by: 'A later comparison understands what the provider says.' });
  }
}

async function askSoon(tx: PaymentTx, payment: Payment): Promise<void> {
  const now = tx.clock.now();
  await tx.stores.payments.tryChangePayment(payment, { nextPollAt: now, updatedAt: now });
}

/** Our payment may have been made so long before that the comparison does not reach it. */
async function findElsewhere(tx: PaymentTx, unread: UnreadPayment): Promise<Payment | null> {
  const { provider, reference, paymentId } = unread;
  const { payments } = tx.stores;
  const byId = paymentId === null ? undefined : await payments.findPayment(paymentId);
  const found =
    byId ?? (reference === null ? undefined : await payments.findPaymentByReference({ provider, reference }));
  return found?.provider === provider ? found : null;
}

/** Opens new cases, updates known ones, and returns how many of the differences an admin has decided about. */
export async function openFindings(
  tx: PaymentTx,
  input: { provider: ProviderName; differences: readonly RealDifference[] },
): Promise<{ settled: number }> {
  const { provider, differences } = input;
  if (differences.length === 0) return { settled: 0 };
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
 * Whether an admin has decided about exactly this difference; one that has grown since is another one. A decision about
 * an unmatched payment found by a webhook stands whatever its status becomes.
 */
function isSettled(last: Case, { here, there }: Difference): boolean {
  if (!wasDecided(last)) return false;
  return last.kind === 'payment_unknown' || (last.facts.here === here && last.facts.there === there);
}

/**
 * The case of an unmatched payment found by a webhook becomes the case of the finding, with its age and its assignee.
 */
async function openFinding(
  tx: PaymentTx,
  input: { provider: ProviderName; difference: RealDifference; key: string },
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

/** Resolves cases that this run would have found again; those outside of its window stay open. */
export async function endLostFindings(
  tx: PaymentTx,
  input: { provider: ProviderName; found: ReadonlySet<string>; bounds: Bounds },
): Promise<void> {
  const { provider, found, bounds } = input;
  const open = await tx.stores.cases.listLiveCasesOfProvider({ provider, kinds: findingKinds, limit: endedMax });
  const over = open.filter(({ key, subjectAt }) => !found.has(key) && isCovered(subjectAt, bounds));
  for (const { key, orderId } of over) {
    await resolveCase(tx, { key, by: 'A later comparison no longer finds it.' });
    if (orderId !== null) await settleAttention(tx, orderId);
  }
}

function isCovered(subjectAt: Milliseconds | null, { oldest, newest }: Bounds): boolean {
  return subjectAt === null || (subjectAt >= oldest && subjectAt <= newest);
}

/** The first that no admin has decided about. */
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
