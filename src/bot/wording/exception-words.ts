import type { AlertSeverity } from '#cases/case.ts';
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { ExceptionKind } from '#payments/exceptions/exception.ts';

/** A kind in two or three words, for buttons and counts. */
export const kindWords: Readonly<Record<ExceptionKind, string>> = {
  payment_underpaid: 'Came short',
  payment_overpaid: 'Too much',
  payment_paid_late: 'Came late',
  payment_failed: 'Failed',
  payment_expired: 'Ran out unpaid',
  payment_reversed: 'Reversed',
  payment_duplicate: 'Paid twice',
  payment_unexpected: 'Unexpected money',
  payment_mismatch: 'Wrong sum asked',
  payment_unknown: 'Not ours',
  payment_not_created: 'No link made',
  payment_stuck: 'Stuck',
  payment_held: 'Held',
  refund_failed: 'Refund failed',
  refund_unknown: 'Refund unknown',
  finding_missing_here: 'Missing here',
  finding_missing_there: 'Missing there',
  finding_status: 'Status differs',
  finding_amount: 'Amount differs',
  finding_currency: 'Currency differs',
};

/** How bad it is, as its alert says; findings ring together, as a warning. */
export const exceptionSeverity: Readonly<Record<ExceptionKind, AlertSeverity>> = {
  payment_underpaid: 'warning',
  payment_overpaid: 'info',
  payment_paid_late: 'warning',
  payment_failed: 'warning',
  payment_expired: 'info',
  payment_reversed: 'critical',
  payment_duplicate: 'warning',
  payment_unexpected: 'warning',
  payment_mismatch: 'critical',
  payment_unknown: 'warning',
  payment_not_created: 'warning',
  payment_stuck: 'warning',
  payment_held: 'warning',
  refund_failed: 'warning',
  refund_unknown: 'critical',
  finding_missing_here: 'warning',
  finding_missing_there: 'warning',
  finding_status: 'warning',
  finding_amount: 'warning',
  finding_currency: 'warning',
};

/** `3 d`, `5 h`, `12 min`: the largest whole unit; less than a minute is no age yet. */
export function ageText(ms: Milliseconds): string {
  if (ms >= day) return `${Math.floor(ms / day)} d`;
  if (ms >= hour) return `${Math.floor(ms / hour)} h`;
  return ms >= minute ? `${Math.floor(ms / minute)} min` : 'a moment';
}
