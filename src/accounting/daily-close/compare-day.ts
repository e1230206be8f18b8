// Pure: the payments of one provider that were made on one day, beside the provider's list. Whether two of them agree
// is decided by the same comparison as in a reconciliation.
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { decidePayment, findIn, nextStatus } from '#payments/model/decide-payment.ts';
import type { Payment, PaymentStatus } from '#payments/model/payment.ts';
import type { ListedPayment, PaymentSnapshot } from '#payments/model/snapshot.ts';
import { compareWithProvider, isFollowedElsewhere } from '#payments/reconciliation/compare-with-provider.ts';
import { type Counted, groupOf, groupOfStatus } from '../ledger/tally.ts';

export interface DayDifference {
  kind: string;
  reference: string | null;
  payment: Payment | null;
  here: string;
  there: string;
  /** An admin decided that it counts, or has to decide: nothing is left to explain. */
  isDecided: boolean;
  /** Fetching the payment from its provider may heal it. */
  mayHeal: boolean;
}

export interface DayComparison {
  /** What counts at the provider, one for each of our payments that it has, and one for each that is unmatched. */
  there: Counted[];
  differences: DayDifference[];
}

export function compareDay(input: {
  /** Made on the day. */
  payments: readonly Payment[];
  /** Made shortly before or after it, or known to us from some other day. */
  neighbours: readonly Payment[];
  listed: readonly ListedPayment[];
  from: Milliseconds;
  to: Milliseconds;
}): DayComparison {
  const { payments, neighbours, listed } = input;
  const bounds = { oldest: input.from, newest: input.to - 1 };
  const comparisons = compareWithProvider({ here: [...payments, ...neighbours], there: listed, ...bounds });
  const ofTheDay = new Set(payments);
  const own = new Map<Payment, PaymentSnapshot>();
  const there: Counted[] = [];
  const differences: DayDifference[] = [];
  for (const { pair, difference } of comparisons) {
    const { ours: payment, theirs: snapshot } = pair;
    const isOfTheDay = payment !== null && ofTheDay.has(payment);
    const isUnmatched = snapshot !== null && (payment === null || isFollowedElsewhere(payment, snapshot));
    if (isUnmatched && isWithin(snapshot.createdAt, input)) there.push(countUnmatched(snapshot));
    if (isOfTheDay && snapshot !== null && !isUnmatched) own.set(payment, snapshot);
    if (difference === undefined) continue;
    // A payment that is missing here belongs to the day on which it was made there; any other to the day of our
    // payment.
    const isTheirs = difference.kind === 'missing_here' || payment === null;
    const madeThere = snapshot?.createdAt ?? difference.unread?.createdAt ?? null;
    if (!(isTheirs ? isWithin(madeThere, input) : isOfTheDay)) continue;
    const isDecided = payment !== null && difference.kind === 'status' && isOverridden(payment);
    differences.push({ ...difference, isDecided });
  }
  const different = new Set(differences.map(({ payment }) => payment?.id));
  return {
    there: [...[...own].map(([payment, snapshot]) => countOwn(payment, snapshot)), ...there],
    differences: [...differences, ...decided(own, different)],
  };
}

function countOwn(payment: Payment, snapshot: PaymentSnapshot): Counted {
  return { ...snapshot.requested, group: groupOfStatus(statusThere(payment, snapshot)) };
}

function statusThere(payment: Payment, snapshot: PaymentSnapshot): PaymentStatus {
  const decision = decidePayment(payment, snapshot);
  switch (decision.kind) {
    case 'changed':
      return decision.to;
    case 'mismatch':
      return statusOfUnmatched(snapshot);
    case 'stale':
    case 'unchanged':
      return payment.status;
    default:
      return decision satisfies never;
  }
}

function countUnmatched(snapshot: PaymentSnapshot): Counted {
  return { ...snapshot.requested, group: groupOfStatus(statusOfUnmatched(snapshot)) };
}

/** An unmatched payment is measured by its own requested amount. */
function statusOfUnmatched(snapshot: PaymentSnapshot): PaymentStatus {
  const asked = { requestedAmount: snapshot.requested.amount, requestedAsset: snapshot.requested.asset };
  const finding = findIn(asked, snapshot);
  return finding === 'mismatch' ? 'created' : nextStatus('created', finding);
}

/** Payments that count otherwise here than at the provider because an admin decided so. */
function decided(
  own: ReadonlyMap<Payment, PaymentSnapshot>,
  different: ReadonlySet<PaymentId | undefined>,
): DayDifference[] {
  return [...own].flatMap(([payment, snapshot]) => {
    const status = statusThere(payment, snapshot);
    const isSame = groupOf(payment) === groupOfStatus(status);
    if (isSame || different.has(payment.id) || !isOverridden(payment)) return [];
    const here = payment.acceptedAt === null ? `${payment.status}, held` : `${payment.status}, accepted`;
    const words = { here, there: snapshot.providerStatus };
    return [{ kind: 'status', reference: payment.reference, payment, ...words, isDecided: true, mayHeal: false }];
  });
}

function isOverridden(payment: Payment): boolean {
  return payment.acceptedAt !== null || payment.heldAt !== null;
}

function isWithin(at: Milliseconds | null, { from, to }: { from: Milliseconds; to: Milliseconds }): boolean {
  return at === null || (at >= from && at < to);
}
