// A difference that a comparison could not heal is a case: an hourly run that finds it again does not change the age of
// the case, one that finds it no longer resolves it, and an admin's decision stands while the difference does not
// change. Where very much differs these are thousands of cases: they are opened and ended some at a time, so that no transaction keeps
// others waiting for long.
import { type Case, type CaseKind, findingKinds, unmatchedKey, unreadKey, wasDecided } from '#cases/case.ts';
import type { CaseStore } from '#cases/case-store.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { formatAsset } from '#kernel/money.ts';
import { slicesOf } from '#kernel/page.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { formatOrderNumber } from '#orders/order.ts';
import { settleAttention } from '../lifecycle/settle-attention.ts';
import { raiseUnread } from '../lifecycle/unread-payment.ts';
import type { Payment } from '../model/payment.ts';
import { type FindingKind, findingKinds as reconciliationKinds } from '../model/reconciliation.ts';
import type { UnreadPayment } from '../model/snapshot.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
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

type Deps = TransactionDeps<PaymentStores>;

interface Compared {
  provider: ProviderName;
  differences: readonly Difference[];
  bounds: Bounds;
  cause: Cause;
}

/** One case for each payment that is not understood, and the end of those of foreign ones that are understood again. */
export async function openUnread(deps: Deps, { provider, differences, bounds, cause }: Compared): Promise<void> {
  const unread = differences.filter((difference) => difference.unread !== undefined);
  const ringing = new Set(unread.slice(0, ringsMax));
  const found = new Set<string>();
  for await (const slice of slicesOf(unread)) {
    const keys = await inTransaction(deps, cause, async (tx) => {
      const foreign: string[] = [];
      for (const difference of slice) {
        const isOurs = await openOneUnread(tx, { provider, difference, rings: ringing.has(difference) });
        if (!isOurs) foreign.push(unreadKey(provider, difference.reference ?? 'unknown'));
      }
      return foreign;
    });
    for (const key of keys) found.add(key);
  }
  await endThose(deps, {
    cause,
    ...{ provider, kinds: ['payment_unread'], by: 'A later comparison understands what the provider says.' },
    // One of ours is asked for by itself, and ends when it is understood.
    isOver: ({ key, paymentId, subjectAt }) => paymentId === null && !found.has(key) && isCovered(subjectAt, bounds),
  });
}

/** Whether it is a payment of ours. */
async function openOneUnread(
  tx: PaymentTx,
  { provider, difference, rings }: { provider: ProviderName; difference: Difference; rings: boolean },
): Promise<boolean> {
  const { unread, reference } = difference;
  if (unread === undefined) return false;
  const payment = difference.payment ?? (await findElsewhere(tx, unread));
  const madeAt = payment?.createdAt ?? unread.createdAt;
  await raiseUnread(tx, { provider, reference, payment, what: unread.unread, madeAt, rings });
  // From here on it is asked for by itself, also where nothing more was expected of it.
  if (payment !== null && payment.nextPollAt === null) await askSoon(tx, payment);
  return payment !== null;
}

/** Ends live cases of these kinds that are still those that were judged. */
async function endThose(
  deps: Deps,
  about: { provider: ProviderName; kinds: readonly CaseKind[]; by: string; cause: Cause; isOver(one: Case): boolean },
): Promise<void> {
  const { provider, kinds, by, cause } = about;
  const query = { provider, kinds, limit: endedMax };
  const live = await deps.database.read(({ cases }) => cases.listLiveCasesOfProvider(query));
  for await (const slice of slicesOf(live.filter(about.isOver))) {
    await inTransaction(deps, cause, async (tx) => {
      for (const { id, key, orderId } of slice) {
        if ((await tx.stores.cases.findLiveCase(key))?.id !== id) continue;
        await resolveCase(tx, { key, by });
        if (orderId !== null) await settleAttention(tx, orderId);
      }
    });
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
  deps: Deps,
  input: { provider: ProviderName; differences: readonly RealDifference[]; cause: Cause },
): Promise<{ settled: number }> {
  const { provider, differences, cause } = input;
  let settled = 0;
  for await (const slice of slicesOf(differences)) {
    settled += await inTransaction(deps, cause, (tx) => openSome(tx, { provider, differences: slice }));
  }
  return { settled };
}

async function openSome(
  tx: PaymentTx,
  { provider, differences }: { provider: ProviderName; differences: readonly RealDifference[] },
): Promise<number> {
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
  return settled;
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
export function endLostFindings(
  deps: Deps,
  input: { provider: ProviderName; found: ReadonlySet<string>; bounds: Bounds; cause: Cause },
): Promise<void> {
  const { provider, found, bounds, cause } = input;
  return endThose(deps, {
    cause,
    ...{ provider, kinds: findingKinds, by: 'A later comparison no longer finds it.' },
    isOver: ({ key, subjectAt }) => !found.has(key) && isCovered(subjectAt, bounds),
  });
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
