// Pure: the payments of one provider that were made on one day, beside what the provider lists. Whether two of them agree
// is decided by the same comparison as in a reconciliation.
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { decidePayment, findIn, nextStatus } from '#payments/model/decide-payment.ts';
import type { Payment, PaymentStatus } from '#payments/model/payment.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { compareWithProvider, type Difference } from '#payments/reconciliation/compare-with-provider.ts';
import { type Counted, groupOf, groupOfStatus } from '../ledger/tally.ts';

export interface DayDifference {
  kind: string;
  reference: string | null;
  payment: Payment | null;
  here: string;
  there: string;
  /** A person of ours decided that it counts, or that it waits: nothing is left to be explained. */
  isDecided: boolean;
  /** Asking the provider about the payment may settle it. */
  mayHeal: boolean;
}

export interface DayComparison {
  /** What the provider counts, one for each of our payments that it has, and one for each stranger. */
  there: Counted[];
  differences: DayDifference[];
}

export function compareDay(input: {
  /** Made on the day. */
  payments: readonly Payment[];
  /** Made shortly before or after it, or known to us from some other day. */
  neighbours: readonly Payment[];
  snapshots: readonly PaymentSnapshot[];
  from: Milliseconds;
  to: Milliseconds;
}): DayComparison {
  const { payments, neighbours, snapshots } = input;
  const pairs = pairUp(input);
  const there = [
    ...[...pairs.own].map(([payment, snapshot]) => countOwn(payment, snapshot)),
    ...pairs.strangers.filter((snapshot) => isWithin(snapshot.createdAt, input)).map(countStranger),
  ];
  const ownIds = new Set<PaymentId>(payments.map(({ id }) => id));
  const madeThere = new Map<string, Milliseconds | null>(snapshots.map((one) => [one.reference, one.createdAt]));
  // What is missing here belongs to the day on which it was made there; everything else to that of our payment.
  const isOfTheDay = ({ kind, payment, reference }: Difference): boolean => {
    if (kind === 'missing_here') return isWithin(madeThere.get(reference ?? '') ?? null, input);
    return payment !== null && ownIds.has(payment.id);
  };
  const found = compareWithProvider({
    here: [...payments, ...neighbours],
    there: snapshots,
    oldest: input.from,
    newest: input.to - 1,
  }).flatMap(({ difference }) => difference ?? []);
  const differences = found.filter(isOfTheDay).map((difference): DayDifference => {
    const isDecided = difference.payment !== null && difference.kind === 'status' && isByHand(difference.payment);
    return { ...difference, isDecided };
  });
  const different = new Set(differences.map(({ payment }) => payment?.id));
  return { there, differences: [...differences, ...decided(pairs.own, different)] };
}

interface Pairs {
  own: Map<Payment, PaymentSnapshot>;
  strangers: PaymentSnapshot[];
}

function pairUp({ payments, neighbours, snapshots }: Parameters<typeof compareDay>[0]): Pairs {
  const own = new Set(payments);
  const all = [...payments, ...neighbours];
  const byReference = new Map<string, Payment>(all.flatMap((one) => (one.reference ? [[one.reference, one]] : [])));
  const byId = new Map<string, Payment>(all.map((one) => [one.id, one]));
  const pairs: Pairs = { own: new Map(), strangers: [] };
  for (const snapshot of snapshots) {
    const claimed = snapshot.paymentId === null ? undefined : byId.get(snapshot.paymentId);
    const isFollowedElsewhere = claimed?.reference !== null && claimed?.reference !== snapshot.reference;
    const payment = byReference.get(snapshot.reference) ?? (isFollowedElsewhere ? undefined : claimed);
    if (payment === undefined) pairs.strangers.push(snapshot);
    else if (own.has(payment)) pairs.own.set(payment, snapshot);
  }
  return pairs;
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
      return statusOfStranger(snapshot);
    case 'stale':
    case 'unchanged':
      return payment.status;
    default:
      return decision satisfies never;
  }
}

function countStranger(snapshot: PaymentSnapshot): Counted {
  return { ...snapshot.requested, group: groupOfStatus(statusOfStranger(snapshot)) };
}

/** A payment that we did not ask for is measured by what it asks for itself. */
function statusOfStranger(snapshot: PaymentSnapshot): PaymentStatus {
  const asked = { requestedAmount: snapshot.requested.amount, requestedAsset: snapshot.requested.asset };
  const finding = findIn(asked, snapshot);
  return finding === 'mismatch' ? 'created' : nextStatus('created', finding);
}

/** Payments that count otherwise here than there because a person said so. */
function decided(own: Pairs['own'], different: ReadonlySet<PaymentId | undefined>): DayDifference[] {
  return [...own].flatMap(([payment, snapshot]) => {
    const status = statusThere(payment, snapshot);
    const isSame = groupOf(payment) === groupOfStatus(status);
    if (isSame || different.has(payment.id) || !isByHand(payment)) return [];
    const here = payment.acceptedAt === null ? `${payment.status}, held` : `${payment.status}, accepted`;
    const words = { here, there: snapshot.providerStatus };
    return [{ kind: 'status', reference: payment.reference, payment, ...words, isDecided: true, mayHeal: false }];
  });
}

function isByHand(payment: Payment): boolean {
  return payment.acceptedAt !== null || payment.heldAt !== null;
}

function isWithin(at: Milliseconds | null, { from, to }: { from: Milliseconds; to: Milliseconds }): boolean {
  return at === null || (at >= from && at < to);
}
