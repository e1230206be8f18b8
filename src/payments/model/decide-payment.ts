// What a payment becomes when a provider is asked. Only the newest look counts, and one memory: money that was there once
// and no longer is makes the payment `reversed`. Amounts compare exactly, in the unit the provider settles in.
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
  /** The look is older than the evidence we have. */
  | { kind: 'stale' }
  | { kind: 'unchanged'; finding: Finding }
  | { kind: 'changed'; finding: Finding; from: PaymentStatus; to: PaymentStatus }
  /** The provider collects something else than we asked for: no status may rest on it. */
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

/** The status after a finding: the whole life cycle of a payment is in these switches. */
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
      // The full amount is there, so nothing was taken back.
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

/** What a person has taken for payment in full may stay short or late; gone, it is reversed like any other money. */
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
      // A late payment of an unknown amount is taken for a short one: a human looks before goods leave.
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
  if (snapshot.isMarkedByHand) return 'settled';
  if (gap < 0) return 'settled_short';
  if (snapshot.isLate) return 'late';
  return gap > 0 ? 'settled_over' : 'settled';
}
