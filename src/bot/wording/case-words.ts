import type { CaseKind } from '#cases/case.ts';
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';

/** A kind in two or three words, for buttons and counts. */
export const kindWords: Readonly<Record<CaseKind, string>> = {
  payment_underpaid: 'Underpaid',
  payment_overpaid: 'Overpaid',
  payment_paid_twice: 'Twice on one link',
  payment_paid_late: 'Paid late',
  payment_failed: 'Failed',
  payment_unconfirmed: 'Not confirmed',
  payment_double_spent: 'Double-spent',
  payment_expired: 'Expired',
  payment_reversed: 'Reversed',
  payment_duplicate: 'Paid twice',
  payment_unexpected: 'Unexpected money',
  payment_mismatch: 'Amount mismatch',
  payment_unknown: 'Unmatched',
  payment_not_created: 'No link made',
  payment_stuck: 'Stuck',
  payment_held: 'Held for review',
  payment_unread: 'Not understood',
  refund_failed: 'Refund failed',
  refund_unknown: 'Refund unknown',
  refund_held: 'Refund held',
  finding_missing_here: 'Missing here',
  finding_missing_there: 'Missing there',
  finding_status: 'Status differs',
  finding_amount: 'Amount differs',
  finding_currency: 'Currency differs',
  order_marked_paid: 'Marked as paid',
  order_written_off: 'Written off',
  provider_down: 'Provider down',
  provider_retired: 'Provider gone',
  webhook_silent: 'Webhooks stopped',
  webhook_refused: 'Webhooks refused',
  keys_refused: 'Wrong keys',
  channel_orders_held: 'Orders held',
  channel_refunds_waiting: 'Refunds wait',
  reconciliation: 'Books differ',
  shop_untold: 'Shop not told',
  jobs_stuck: 'Jobs do not run',
  dead_letter: 'Dead letter',
};

/** `3 d`, `5 h`, `12 min`: the largest whole unit; less than a minute is no age yet. */
export function ageText(ms: Milliseconds): string {
  if (ms >= day) return `${Math.floor(ms / day)} d`;
  if (ms >= hour) return `${Math.floor(ms / hour)} h`;
  return ms >= minute ? `${Math.floor(ms / minute)} min` : 'a moment';
}
