// Pure: two lists in, one comparison per payment out. A payment counts as equal when applying the provider's snapshot
// would not change it.
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import { compareDecimals, formatAsset } from '#kernel/money.ts';
import { decidePayment } from '../model/decide-payment.ts';
import type { Payment } from '../model/payment.ts';
import type { FindingKind } from '../model/reconciliation.ts';
import {
  isRead,
  isUnread,
  type ListedPayment,
  type PaymentSnapshot,
  type UnreadPayment,
  unreadWords,
} from '../model/snapshot.ts';
import { type Pair, type PairingKeys, type PairingRules, pairByKeys, pairRecords } from './pair-records.ts';

export interface Difference {
  kind: FindingKind;
  reference: ProviderReference | null;
  payment: Payment | null;
  /** What our record and the provider's record say. */
  here: string;
  there: string;
  /** Fetching the payment from its provider may heal it. */
  mayHeal: boolean;
  /** The provider's snapshot of it; null where it has none. */
  snapshot: Pick<PaymentSnapshot, 'requested' | 'label' | 'providerStatus' | 'createdAt'> | null;
  /** The provider's entry, where it is not understood. */
  unread?: UnreadPayment;
}

interface LeftOut {
  kind: 'unread';
  ours: Payment | null;
  theirs: null;
}

/** One pair of the comparison; `difference` is undefined where both sides agree, or nothing needs to be reported. */
export interface Comparison {
  pair: Pair<Payment, PaymentSnapshot> | LeftOut;
  difference: Difference | undefined;
}

/** Payments made outside of these are never reported as missing: one of the two lists may not reach as far. */
export interface Bounds {
  oldest: Milliseconds;
  newest: Milliseconds;
}

const keys: PairingKeys<Payment, Pick<ListedPayment, 'paymentId' | 'reference'>> = {
  keysOfOurs: ({ id, reference }) => [reference, idKey(id)],
  keysOfTheirs: ({ paymentId, reference }) => [reference, paymentId === null ? null : idKey(paymentId)],
};

const rules: PairingRules<Payment, PaymentSnapshot> = {
  ...keys,
  isSameCurrency: (payment, { requested }) => requested.asset === payment.requestedAsset,
  isSameAmount: (payment, { requested }) => compareDecimals(requested.amount, payment.requestedAmount) === 0,
  isSameStatus: (payment, snapshot) =>
    isFollowedElsewhere(payment, snapshot) ||
    (decidePayment(payment, snapshot).kind !== 'changed' &&
      isSameMoney(payment, snapshot) &&
      payment.reference !== null &&
      payment.mismatchedAt === null),
};

/** More may have come for a payment that was paid already, or underpaid; a list that has no amounts says nothing of it. */
function isSameMoney({ receivedAmount, receivedAsset }: Payment, { settlement }: PaymentSnapshot): boolean {
  if (settlement === null || receivedAmount === null || receivedAsset !== settlement.asset) return true;
  return compareDecimals(settlement.received, receivedAmount) === 0;
}

function idKey(id: PaymentId): string {
  return `id ${id}`;
}

/** The provider made a second payment for the same command; the one that we follow is compared on its own row. */
export function isFollowedElsewhere(payment: Payment, snapshot: PaymentSnapshot): boolean {
  return payment.reference !== null && payment.reference !== snapshot.reference;
}

/** Our payment of each of the entries that has one. */
export function pairListed<Entry extends ListedPayment>(lists: {
  here: readonly Payment[];
  there: readonly Entry[];
}): Map<Entry, Payment> {
  return pairByKeys<Payment, Entry>({ ours: lists.here, theirs: lists.there }, keys);
}

/** What the provider lists and nobody understands is left out, with our payment that it is about, and is told of. */
export function compareWithProvider(
  input: { here: readonly Payment[]; there: readonly ListedPayment[] } & Bounds,
): Comparison[] {
  const unread = input.there.filter(isUnread);
  const ours = pairListed({ here: input.here, there: unread });
  const leftOut = unread.map((entry) => leaveOut(entry, ours.get(entry) ?? null));
  const leftOutHere = new Set(leftOut.map(({ pair }) => pair.ours));
  const rest = input.here.filter((payment) => !leftOutHere.has(payment));
  const pairs = pairRecords({ ours: rest, theirs: input.there.filter(isRead) }, rules);
  const isWhole = unread.every(isNamed);
  return [...pairs.map((pair) => ({ pair, difference: differenceOf(pair, { ...input, isWhole }) })), ...leftOut];
}

/** An entry that does not even say what it is about may be any payment that the list seems to lack. */
export function isNamed({ reference, paymentId }: UnreadPayment): boolean {
  return reference !== null || paymentId !== null;
}

function leaveOut(unread: UnreadPayment, payment: Payment | null): Comparison & { pair: LeftOut } {
  const { reference } = unread;
  const words = { here: payment?.status ?? 'unknown', there: unreadWords(unread.unread) };
  return {
    pair: { kind: 'unread', ours: payment, theirs: null },
    difference: { kind: 'unread', reference, payment, ...words, mayHeal: false, snapshot: null, unread },
  };
}

function differenceOf(
  pair: Pair<Payment, PaymentSnapshot>,
  bounds: Bounds & { isWhole: boolean },
): Difference | undefined {
  if (pair.kind === 'missing_here') return missingHere(pair.theirs, bounds);
  if (pair.kind === 'missing_there') return bounds.isWhole ? missingThere(pair.ours, bounds) : undefined;
  const { kind, ours: payment, theirs: snapshot } = pair;
  const base = { reference: snapshot.reference, payment, snapshot, mayHeal: false };
  const here = formatAsset({ amount: payment.requestedAmount, asset: payment.requestedAsset });
  const there = formatAsset(snapshot.requested);
  if (kind === 'currency' || kind === 'amount') return { ...base, kind, here, there };
  if (isFollowedElsewhere(payment, snapshot)) {
    return { ...base, kind: 'missing_here', here: `followed as ${payment.reference}`, there };
  }
  if (kind === 'matched') return undefined;
  return { ...base, kind, here: payment.status, there: snapshot.providerStatus, mayHeal: true };
}

/** An unmatched payment: no order of ours explains it. */
function missingHere(snapshot: PaymentSnapshot, bounds: Bounds): Difference | undefined {
  if (snapshot.createdAt !== null && !isWithin(snapshot.createdAt, bounds)) return undefined;
  return {
    kind: 'missing_here',
    reference: snapshot.reference,
    payment: null,
    here: 'unknown',
    there: `${snapshot.providerStatus}, ${formatAsset(snapshot.requested)}`,
    mayHeal: false,
    snapshot,
  };
}

function missingThere(payment: Payment, bounds: Bounds): Difference | undefined {
  // A payment whose creation failed, or is not answered yet, need not be in the provider's list.
  if (payment.creation !== 'confirmed' || !isWithin(payment.createdAt, bounds)) return undefined;
  return {
    kind: 'missing_there',
    reference: payment.reference,
    payment,
    here: `${payment.status}, ${formatAsset({ amount: payment.requestedAmount, asset: payment.requestedAsset })}`,
    there: 'not in the list',
    mayHeal: false,
    snapshot: null,
  };
}

function isWithin(at: Milliseconds, bounds: Bounds): boolean {
  return at >= bounds.oldest && at <= bounds.newest;
}
