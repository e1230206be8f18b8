import { formatMoney } from '#kernel/money.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { Decision } from '#payments/resolutions/actions/resolution.ts';

/** What was decided, in a sentence. */
export function decisionText(decision: Decision): string {
  switch (decision.code) {
    case 'accepted':
      return decision.learnt === null
        ? 'Accepted as paid.'
        : `Accepted as paid, and ${decision.learnt} is in the catalogue.`;
    case 'link_made':
      return 'Here is the payment link.';
    case 'refund_requested':
      return `Refund of ${formatMoney(decision.amount)} asked for.`;
    case 'linked':
      return `Linked to ${formatOrderNumber(decision.orderNumber)}.`;
    case 'waits':
      return waits[decision.time];
    default:
      return plain[decision.code];
  }
}

const waits = { hour: 'It rests for an hour.', day: 'It rests for a day.' } as const;

type PlainDecision = Exclude<Decision['code'], 'accepted' | 'link_made' | 'refund_requested' | 'linked' | 'waits'>;
const plain: Readonly<Record<PlainDecision, string>> = {
  marked_paid: 'Marked as paid.',
  marked_received: 'Marked as received; the order is paid.',
  written_off: 'Written off.',
  difference_written_off: 'The difference is written off.',
  cancelled: 'The order is cancelled.',
  rejected: 'Rejected: nothing is delivered.',
  surplus_kept: 'The surplus is kept.',
  money_kept: 'The money stays with the order.',
  records_stand: 'Our books stand.',
  ignored: 'It is ignored as long as it stays the same.',
  corrected: 'Our books follow the provider.',
  counts_as_refunded: 'It counts as gone back.',
  counts_as_failed: 'It counts as failed.',
  awaiting_approval: 'A second person has to approve it.',
  undone: 'Taken back: it is open again.',
};
