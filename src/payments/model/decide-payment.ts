// The status of a payment after a snapshot. Only the newest snapshot counts, with one exception: a payment that was
// paid once and is not any more is `reversed`. Amounts compare exactly, in the unit the provider settles in.
import { compareDecimals } from '#kernel/money.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import type { PaymentSnapshot } from './snapshot.ts';

export const findings = [
  'open',
  'partial',
  'processing',
  'settled',
  'settled_over',
  'settled_short',
  'late',
  'expired',
  'expired_short',
  'failed',
  'cancelled',
  'mismatch',
] as const;
/** What one snapshot says about our payment, in one word. */
export type Finding = (typeof findings)[number];

export type PaymentDecision =
  /** The snapshot is older than the evidence we have. */
  | { kind: 'stale' }
  | { kind: 'unchanged'; finding: Finding }
  | { kind: 'changed'; finding: Finding; from: PaymentStatus; to: PaymentStatus }
  /** The provider collects another amount or asset than we requested: no status may rest on it. */
  | { kind: 'mismatch' };

type Known = Pick<Payment, 'status' | 'evidenceAt' | 'requestedAmount' | 'requestedAsset' | 'acceptedAt'>;

export function decidePayment(current: Known, snapshot: PaymentSnapshot): PaymentDecision {
  if (current.evidenceAt !== null && snapshot.observedAt < current.evidenceAt) return { kind: 'stale' };
  const finding = findIn(current, snapshot);
  if (finding === 'mismatch') return { kind: 'mismatch' };
  const to =
    current.acceptedAt === null ? nextStatus(current.status, finding) : nextOnceAccepted(current.status, finding);
  if (to === current.status) return { kind: 'unchanged', finding };
  return { kind: 'changed', finding, from: current.status, to };
}

/** The status after a finding: these switches are the whole life cycle of a payment. */
export function nextStatus(status: PaymentStatus, finding: Exclude<Finding, 'mismatch'>): PaymentStatus {
  switch (status) {
    case 'created':
    case 'pending':
    case 'underpaid':
    case 'paid_late':
    case 'expired':
    case 'failed':
    case 'cancelled':
      return statusOf(finding);
    case 'paid':
    case 'overpaid':
    case 'reversed':
      return statusOnceItWasPaid(status, finding);
    default:
      return status satisfies never;
  }
}

function statusOf(finding: Exclude<Finding, 'mismatch'>): PaymentStatus {
  switch (finding) {
    case 'open':
      return 'created';
    case 'partial':
    case 'processing':
      return 'pending';
    case 'settled':
      return 'paid';
    case 'settled_over':
      return 'overpaid';
    case 'settled_short':
    case 'expired_short':
      return 'underpaid';
    case 'late':
      return 'paid_late';
    case 'expired':
      return 'expired';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    default:
      return finding satisfies never;
  }
}

function statusOnceItWasPaid(
  status: 'paid' | 'overpaid' | 'reversed',
  finding: Exclude<Finding, 'mismatch'>,
): PaymentStatus {
  switch (finding) {
    case 'settled':
      return 'paid';
    case 'settled_over':
      return 'overpaid';
    case 'late':
      // The full amount was received, so nothing was reversed.
      return status === 'reversed' ? 'paid' : status;
    case 'open':
    case 'partial':
    case 'processing':
    case 'settled_short':
    case 'expired':
    case 'expired_short':
    case 'failed':
    case 'cancelled':
      return 'reversed';
    default:
      return finding satisfies never;
  }
}

/**
 * A payment that an admin accepted in full may stay underpaid or late; when its money is gone it is reversed like any
 * other.
 */
export function nextOnceAccepted(status: PaymentStatus, finding: Exclude<Finding, 'mismatch'>): PaymentStatus {
  if (status !== 'underpaid' && status !== 'paid_late' && status !== 'reversed') return nextStatus(status, finding);
  switch (finding) {
    case 'settled':
    case 'settled_over':
    case 'settled_short':
    case 'expired_short':
    case 'late':
      return statusOf(finding);
    case 'open':
    case 'partial':
    case 'processing':
    case 'expired':
    case 'failed':
    case 'cancelled':
      return 'reversed';
    default:
      return finding satisfies never;
  }
}

export function findIn(
  payment: Pick<Payment, 'requestedAmount' | 'requestedAsset'>,
  snapshot: PaymentSnapshot,
): Finding {
  const { requested, settlement } = snapshot;
  const isAsked =
    requested.asset === payment.requestedAsset && compareDecimals(requested.amount, payment.requestedAmount) === 0;
  if (!isAsked) return 'mismatch';
  const hasMoney = settlement !== null && compareDecimals(settlement.received, '0') > 0;
  const gap = settlement === null ? 0 : compareDecimals(settlement.received, settlement.expected);
  switch (snapshot.state) {
    case 'open':
      return hasMoney ? 'partial' : 'open';
    case 'processing':
      return 'processing';
    case 'confirmed':
      return confirmedFinding(snapshot, gap);
    case 'expired':
      // A late payment of an unknown amount counts as underpaid: an admin reviews it before the order is fulfilled.
      if (!hasMoney) return snapshot.isLate ? 'expired_short' : 'expired';
      return gap < 0 ? 'expired_short' : 'late';
    case 'failed':
    case 'invalid':
      return 'failed';
    case 'cancelled':
      return hasMoney ? 'expired_short' : 'cancelled';
    default:
      return snapshot.state satisfies never;
  }
}

function confirmedFinding(snapshot: PaymentSnapshot, gap: -1 | 0 | 1): Finding {
  if (snapshot.isMarkedSettled) return 'settled';
  if (gap < 0) return 'settled_short';
  if (snapshot.isLate) return 'late';
  return gap > 0 ? 'settled_over' : 'settled';
}
