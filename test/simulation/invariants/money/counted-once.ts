// Payment by payment and order by order, from the providers' records: what they hold as confirmed counts once or is a case that
// names it, and nothing else counts.
import type { ProviderRecord } from '#sandbox/providers/contract.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { countedStatuses, type OrderRow, ourSideOf, type PaymentRow } from './our-side.ts';
import {
  confirmedMinor,
  gapOf,
  holdingOf,
  isLate,
  isRefunded,
  isUnheard,
  mayRefund,
  minorOf,
  providerSideOf,
  refundedMinor,
} from './provider-side.ts';

const findings = ['finding_missing_here', 'finding_status', 'finding_amount', 'finding_currency', 'payment_unknown'];
const underway = [...findings, 'payment_mismatch', 'payment_held', 'payment_unread'];
/** Money that is there while the order does not count. */
const uncountedKinds = [
  ...underway,
  'payment_underpaid',
  'payment_paid_late',
  'payment_unexpected',
  'payment_duplicate',
  'payment_reversed',
  'payment_overpaid',
];
/** Money beyond the order. */
const surplusKinds = [
  ...underway,
  'payment_overpaid',
  'payment_paid_twice',
  'payment_duplicate',
  'payment_unexpected',
  'payment_underpaid',
  'payment_paid_late',
];
/** Money that counted and is gone. */
const goneKinds = [...underway, 'payment_reversed', 'payment_underpaid', 'refund_failed', 'refund_unknown'];

export const countedOnce: Invariant = {
  number: 1,
  promise:
    'Every payment that a provider holds as confirmed counts exactly once, or is a case that names it; nothing else counts.',
  *always(look) {
    yield* unconfirmedThatCount(look);
  },
  *atRest(look) {
    yield* ourPayments(look);
    yield* theirRecords(look);
    for (const order of ourSideOf(look).orders) yield* sumsOf(look, order);
  },
};

/** A payment is paid only once its provider has confirmed it; none of them takes a confirmation back to where it was before. */
function* unconfirmedThatCount(look: Look): Iterable<string> {
  const { find } = providerSideOf(look);
  for (const payment of ourSideOf(look).payments) {
    if (payment.status !== 'paid' && payment.status !== 'overpaid') continue;
    if (payment.held_at !== null || payment.provider === 'payhip') continue;
    const record = find(payment.provider, payment.reference);
    if (record === undefined) yield `${nameOf(payment)} is paid, and its provider does not know it`;
    else if (holdingOf(record) === 'unconfirmed' || holdingOf(record) === 'open') {
      yield `${nameOf(payment)} is paid while its provider says ${wordsOf(record)}`;
    }
  }
}

/** The status of each payment follows from its record. */
function* ourPayments(look: Look): Iterable<string> {
  const { find } = providerSideOf(look);
  for (const payment of ourSideOf(look).payments) {
    if (payment.creation !== 'confirmed' || payment.accepted_at !== null || payment.mismatched_at !== null) continue;
    const record = find(payment.provider, payment.reference);
    if (record === undefined) {
      if (payment.provider !== 'payhip') yield `${nameOf(payment)} has a reference that its provider does not know`;
      else if (payment.held_at === null && payment.status !== 'cancelled')
        yield `${nameOf(payment)} counts, and nobody bought it: it is made up`;
      continue;
    }
    if (isUnheard(look, record)) continue;
    // An admin has rejected the sale.
    const isRejected = payment.status === 'cancelled' && payment.provider === 'payhip';
    if (isRejected && ourSideOf(look).isNamed({ orderId: payment.order_id }, ['payment_held'])) continue;
    const expected = statusesOf(record, payment);
    if (!expected.includes(payment.status)) {
      yield `${nameOf(payment)} is ${payment.status}; its provider says ${wordsOf(record)}, so that it must be ${expected.join(' or ')}`;
    }
  }
}

function statusesOf(record: ProviderRecord, payment: PaymentRow): string[] {
  const wasPaid = payment.paid_at !== null;
  switch (holdingOf(record)) {
    case 'none':
      return wasPaid ? ['reversed'] : ['created', 'expired', 'failed', 'cancelled'];
    case 'open':
    case 'unconfirmed':
      return ['pending'];
    case 'failed':
      return [wasPaid ? 'reversed' : 'failed'];
    case 'confirmed': {
      const gap = gapOf(record);
      if (gap < 0) return ['underpaid'];
      if (isLate(record)) return ['paid_late'];
      return [gap > 0 ? 'overpaid' : 'paid'];
    }
  }
}

/** Each record with money has a payment of ours, or a case. */
function* theirRecords(look: Look): Iterable<string> {
  const ours = ourSideOf(look);
  for (const record of providerSideOf(look).all) {
    if (confirmedMinor(record) === 0) continue;
    const { provider, reference } = record;
    if (ours.findPayment(provider, reference) !== undefined || isUnheard(look, record)) continue;
    if (ours.isNamed({ provider, reference }, findings)) continue;
    yield `${provider} holds ${record.paid} ${record.currency} as ${reference} (${wordsOf(record)}), and no payment or case has it`;
  }
}

function* sumsOf(look: Look, order: OrderRow): Iterable<string> {
  const ours = ourSideOf(look);
  const { find } = providerSideOf(look);
  const payments = ours.paymentsOf(order.id);
  const records = payments.flatMap(({ provider, reference }) => find(provider, reference) ?? []);
  if (records.some((record) => isUnheard(look, record))) return;
  const money = records.reduce((sum, record) => sum + confirmedMinor(record) + returnedUnconfirmed(record), 0);
  const kept = records.reduce((sum, record) => sum + Math.max(0, confirmedMinor(record) - refundedMinor(record)), 0);
  const isNamed = (kinds: readonly string[]) =>
    ours.isNamed({ orderId: order.id }, kinds) ||
    records.some(({ provider, reference }) => ours.isNamed({ provider, reference }, kinds));
  const all = `order ${order.number} of ${order.amount_minor} ${order.currency} is ${order.status}`;
  const facts = `providers hold ${money}, of which ${money - kept} went back (${records.map(wordsOf).join(', ') || 'no record'})`;
  if (!countedStatuses.includes(order.status)) {
    if (kept > 0 && !isNamed(uncountedKinds) && !ours.isVouchedFor(order.id))
      yield `${all}: ${facts}, and no case says so`;
    return;
  }
  // Of an order that was paid in part, and never counted, all that came may go back.
  const isReturned = order.status === 'refunded' && money > 0 && kept === 0 && !hasCounted(look, order);
  if (money < order.amount_minor && !isReturned && !ours.isVouchedFor(order.id) && !isNamed(goneKinds)) {
    yield `${all}: ${facts}, and nobody vouched for the rest`;
  }
  const surplus = kept - order.amount_minor;
  if (surplus > 0 && surplus > offeredMinor(look, records) && !isNamed(surplusKinds))
    yield `${all}: ${facts}, and no case has the surplus`;
}

/** It was told to be paid, whatever became of it. */
function hasCounted({ count }: Look, { id }: OrderRow): boolean {
  const query = `select count(*) from timeline_entries where order_id = ? and subject = 'order' and to_status in ('paid', 'fulfilled')`;
  return count(query, id) > 0;
}

/** What a provider did not confirm was there all the same when it went back. */
function returnedUnconfirmed(record: ProviderRecord): number {
  return holdingOf(record) === 'failed' ? refundedMinor(record) : 0;
}

/** What a refund of ours offers to the buyer, who has not claimed it: meanwhile another link may have collected it again. */
function offeredMinor({ count }: Look, records: readonly ProviderRecord[]): number {
  const isOurs = "select count(*) from refunds where provider = ? and reference = ? and status = 'pending'";
  return records
    .flatMap((record) => record.refunds.map((refund) => ({ record, refund })))
    .filter(({ refund }) => mayRefund(refund) && !isRefunded(refund))
    .filter(({ record, refund }) => count(isOurs, record.provider, refund.id) > 0)
    .reduce((sum, { record, refund }) => sum + minorOf(record, refund.amount), 0);
}

function nameOf({ provider, id, reference }: PaymentRow): string {
  return `payment ${id} (${provider} ${reference})`;
}

function wordsOf({ provider, status, exception, paid, amount, currency }: ProviderRecord): string {
  return `${provider} ${status}${exception === '' ? '' : ` / ${exception}`}, ${paid} of ${amount} ${currency}`;
}
