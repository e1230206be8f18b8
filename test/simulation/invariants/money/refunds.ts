// Refund by refund, from the providers' records: what was ordered once went back once, and never more than came.
import type { ProviderRecord, RefundRecord } from '#sandbox/providers/contract.ts';
import type { Invariant } from '../invariant.ts';
import type { Look } from '../look.ts';
import { ourSideOf, type PaymentRow } from './our-side.ts';
import {
  isListing,
  isRefunded,
  isUnheard,
  mayRefund,
  minorOf,
  paidMinor,
  providerSideOf,
  refundedMinor,
} from './provider-side.ts';

interface RefundRow extends Record<string, unknown> {
  id: string;
  payment_id: string;
  provider: string;
  status: string;
  amount_minor: number;
  reference: string | null;
  requested_by_kind: string;
  sends: number;
}

/** After so many attempts an admin has to look. */
const sendsMax = 3;
const counting = ['awaiting_approval', 'requested', 'pending', 'succeeded', 'unknown'];

export const refundsOnce: Invariant = {
  number: 3,
  promise:
    'A refund is executed at most once, refunds never exceed what was captured, and none stays unknown once its provider answers again.',
  *always(look) {
    for (const record of providerSideOf(look).all) yield* refundsOf(look, record);
  },
  *atRest(look) {
    const refunds = rowsOf(look);
    const byPayment = Map.groupBy(refunds, (refund) => refund.payment_id);
    for (const refund of refunds) yield* unfinished(look, refund);
    for (const payment of ourSideOf(look).payments) {
      const record = providerSideOf(look).find(payment.provider, payment.reference);
      if (record === undefined || isUnheard(look, record)) continue;
      const ours = byPayment.get(payment.id) ?? [];
      if (isListing(look, record.provider)) yield* compare(look, { payment, record, ours });
      else yield* compareSums({ payment, record, ours });
    }
  },
};

/** In the order in which they came to be known. */
function rowsOf({ rows }: Look): RefundRow[] {
  return rows(
    'select id, payment_id, provider, status, amount_minor, reference, requested_by_kind, sends from refunds order by rowid',
  );
}

/** What the provider gives back, or is about to, is never more than it got. */
function* refundsOf(look: Look, record: ProviderRecord): Iterable<string> {
  const { provider, reference, refunds, currency } = record;
  if (refunds.length === 0) return;
  const left = leftMinor(record);
  if (left < 0) {
    yield `${provider} refunds ${paidMinor(record) - left} of ${reference}, and ${paidMinor(record)} ${currency} came (minor units)`;
  }
  const byHand = refunds.filter(({ isByHand }) => isByHand).length;
  const asked = look.count(
    `select count(*) from refunds join payments on payments.id = refunds.payment_id
     where payments.provider = ? and payments.reference = ? and requested_by_kind <> 'provider' and refunds.sends > 0`,
    provider,
    reference,
  );
  const made = refunds.filter(mayRefund).length - byHand;
  if (made > asked && !wasRestored(look)) yield* twiceOpen(record, { made, asked });
}

/** BTCPay knows no idempotency key: a second offer may stand for a while, as long as nobody has claimed it. */
function* twiceOpen(record: ProviderRecord, { made, asked }: { made: number; asked: number }): Iterable<string> {
  const moved = record.refunds.filter(
    (refund) => !refund.isByHand && mayRefund(refund) && refund.status !== 'Unclaimed',
  );
  if (record.provider !== 'btcpay' || moved.length > asked) {
    yield `${record.provider} made ${made} refunds of ${record.reference} for ${asked} that were sent`;
  }
}

function wasRestored({ world }: Look): boolean {
  return world.restores.length > 0;
}

function* unfinished(look: Look, refund: RefundRow): Iterable<string> {
  const { id, provider, status, sends, payment_id: paymentId } = refund;
  if (status === 'requested') yield `refund ${id} at ${provider} is still only requested`;
  if (status !== 'unknown') return;
  const ours = ourSideOf(look);
  // It is not sent again while its money is not there.
  const payment = ours.payments.find((one) => one.id === paymentId);
  const record = payment && providerSideOf(look).find(provider, payment.reference);
  const isGone = payment?.status === 'reversed' || (record !== undefined && leftMinor(record) < refund.amount_minor);
  const isNamed = ours.isNamed({ paymentId }, ['refund_unknown']);
  if ((sends < sendsMax && !isGone) || !isNamed)
    yield `refund ${id} at ${provider} is still unknown after ${sends} attempts`;
}

interface Sides {
  payment: PaymentRow;
  record: ProviderRecord;
  ours: readonly RefundRow[];
}

/** One row for each refund there, and one refund there for each row that says so. */
function* compare(look: Look, { payment, record, ours }: Sides): Iterable<string> {
  const { provider, reference } = record;
  const name = (refund: RefundRecord): string =>
    `${provider} has refund ${refund.id} of ${refund.amount} ${record.currency} (${refund.status}) of ${reference}`;
  for (const refund of record.refunds) {
    const row = ours.find((one) => one.reference === refund.id);
    if (row === undefined) {
      if (mayRefund(refund)) yield `${name(refund)}, and we do not know it`;
      continue;
    }
    if (row.requested_by_kind === 'provider' && !refund.isByHand && !wasRestored(look)) {
      yield `${name(refund)}, which nobody made by hand: one that we ordered was executed twice`;
    }
    if (isRefunded(refund) !== (row.status === 'succeeded')) yield `${name(refund)}; ours is ${row.status}`;
    if (row.amount_minor !== minorOf(record, refund.amount)) yield `${name(refund)}; ours is of ${row.amount_minor}`;
  }
  const isSaid = look.count(
    "select count(*) from audit_records where action = 'case.confirm_refunded' and instr(details, ?)",
    payment.id,
  );
  for (const row of ours) {
    const isThere = isSaid > 0 || record.refunds.some(({ id }) => id === row.reference);
    if (row.status === 'succeeded' && !isThere) yield `refund ${row.id} succeeded, and ${provider} does not have it`;
  }
  // What somebody gave back by hand after the last that we ordered may be the money of one whose end is not known.
  const last = ours.findLastIndex((row) => row.requested_by_kind !== 'provider');
  const going = sumOf(ours.slice(0, last + 1));
  if (going > Math.max(paidMinor(record), payment.amount_minor)) {
    yield `our refunds of ${provider} ${reference} are ${going}, and ${paidMinor(record)} came (minor units)`;
  }
}

/** What the provider has, without what it gave back or may still give back. */
function leftMinor(record: ProviderRecord): number {
  const going = record.refunds.filter(mayRefund).reduce((sum, { amount }) => sum + minorOf(record, amount), 0);
  return paidMinor(record) - going;
}

function sumOf(refunds: readonly RefundRow[]): number {
  return refunds.filter(({ status }) => counting.includes(status)).reduce((sum, row) => sum + row.amount_minor, 0);
}

/** Payhip tells of what went back in all; NOWPayments tells nothing, and its refunds are made elsewhere. */
function* compareSums({ payment, record, ours }: Sides): Iterable<string> {
  if (record.provider !== 'payhip') return;
  const here = ours.filter(({ status }) => status === 'succeeded').reduce((sum, row) => sum + row.amount_minor, 0);
  const there = refundedMinor(record);
  if (here !== there) yield `payment ${payment.id}: ${there} went back at payhip, ${here} here (minor units)`;
}
