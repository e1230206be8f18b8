// Pure: two lists in, one comparison per payment out. A payment counts as equal when a look at the provider's word would
// not change it.
import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import { compareDecimals, formatAsset } from '#kernel/money.ts';
import { decidePayment } from '../model/decide-payment.ts';
import type { Payment } from '../model/payment.ts';
import type { FindingKind } from '../model/reconciliation.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';

export interface Difference {
  kind: FindingKind;
  reference: ProviderReference | null;
  payment: Payment | null;
  /** What we say and what the provider says. */
  here: string;
  there: string;
  /** Asking the provider about the payment may settle it. */
  mayHeal: boolean;
  /** What the provider shows of it; null where it shows nothing. */
  snapshot: Pick<PaymentSnapshot, 'requested' | 'label' | 'providerStatus' | 'createdAt'> | null;
}

export interface Comparison {
  difference: Difference | undefined;
}

/** Payments made outside of these are never called missing: they may still be on their way, or lie beyond one list's edge. */
export interface Bounds {
  oldest: Milliseconds;
  newest: Milliseconds;
}

export function compareWithProvider(
  input: {
    here: readonly Payment[];
    there: readonly PaymentSnapshot[];
  } & Bounds,
): Comparison[] {
  const byReference = new Map(
    input.here.flatMap((payment) => (payment.reference ? [[payment.reference, payment]] : [])),
  );
  const byId = new Map<string, Payment>(input.here.map((payment) => [payment.id, payment]));
  const seen = new Set<string>();
  const comparisons: Comparison[] = [];
  for (const snapshot of input.there) {
    const claimed = snapshot.paymentId === null ? undefined : byId.get(snapshot.paymentId);
    const payment = byReference.get(snapshot.reference) ?? claimed;
    if (payment !== undefined) seen.add(payment.id);
    comparisons.push({ difference: payment ? compareOne(payment, snapshot) : missingHere(snapshot, input) });
  }
  for (const payment of input.here) {
    if (!seen.has(payment.id)) comparisons.push({ difference: missingThere(payment, input) });
  }
  return comparisons;
}

function compareOne(payment: Payment, snapshot: PaymentSnapshot): Difference | undefined {
  const base = { reference: snapshot.reference, payment, snapshot };
  const here = formatAsset({ amount: payment.requestedAmount, asset: payment.requestedAsset });
  const there = formatAsset(snapshot.requested);
  if (snapshot.requested.asset !== payment.requestedAsset) {
    return { ...base, kind: 'currency', here, there, mayHeal: false };
  }
  if (compareDecimals(snapshot.requested.amount, payment.requestedAmount) !== 0) {
    return { ...base, kind: 'amount', here, there, mayHeal: false };
  }
  if (payment.reference !== null && payment.reference !== snapshot.reference) {
    // A second payment made for the same command: the one we follow is compared on its own row.
    return { ...base, kind: 'missing_here', here: `followed as ${payment.reference}`, there, mayHeal: false };
  }
  const decision = decidePayment(payment, snapshot);
  if (decision.kind === 'changed' || payment.reference === null || payment.mismatchedAt !== null) {
    return { ...base, kind: 'status', here: payment.status, there: snapshot.providerStatus, mayHeal: true };
  }
  return undefined;
}

/** A payment made past us. */
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
  // A create that was refused, or whose answer is still looked for, has nothing to be missing.
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
