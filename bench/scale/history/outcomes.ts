// How orders end. The shares are those of a shop that is paid in crypto: a quarter of the links is never paid, one order in ten
// takes a second attempt, one in thirty goes back in part or whole.
import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { Payment } from '#payments/model/payment.ts';
import { drawProvider } from './payment-rows.ts';
import { endsAt } from './period.ts';
import { hear, moveOrder, openPayment, pass, recordAction, type Telling } from './telling.ts';
import { raise, refund } from './troubles.ts';

const shares = [
  ['fulfilled', 540],
  ['paid', 25],
  ['retried', 90],
  ['expired', 220],
  ['expired twice', 30],
  ['cancelled', 30],
  ['topped up', 15],
  ['overpaid', 10],
  ['late', 10],
  ['refunded', 20],
  ['partially refunded', 10],
] as const;
export type Outcome = (typeof shares)[number][0] | 'waiting' | 'attention';

/** Nothing waits for a human for longer. */
const attentionMaxMs: Milliseconds = 30 * day;
const attentionShare = 0.004;
/** What was placed since then waits for its money, and everything older has ended. */
const waitingMs: Milliseconds = hour;
/** The longest story: a second attempt, a refund. */
const storyMaxMs: Milliseconds = 12 * day;

export function drawOutcome({ chance, now }: Telling): Outcome {
  const age = endsAt - now;
  if (age < waitingMs) return 'waiting';
  if (age < attentionMaxMs && age > day / 2 && chance.chance(attentionShare)) return 'attention';
  const drawn = chance.pickWeighted(shares);
  // What takes days has not ended yet for an order of today.
  return age < storyMaxMs && !['fulfilled', 'paid', 'expired'].includes(drawn) ? 'expired' : drawn;
}

export function tellEnd(telling: Telling, outcome: Outcome): void {
  endings[outcome](telling);
}

const open = (telling: Telling, share = 1): Payment =>
  openPayment(telling, drawProvider(telling.chance), Math.round(telling.story.order.amountMinor * share));

function pay(telling: Telling, payment: Payment): void {
  pass(telling, 8 * minute);
  hear(telling, payment, 'pending');
  pass(telling, 12 * minute);
  hear(telling, payment, 'paid', 1);
  moveOrder(telling, 'paid', 'The order is paid.');
}

function fulfil(telling: Telling): void {
  pass(telling, minute / 4);
  moveOrder(telling, 'fulfilled', 'The shop delivered.', 'shop');
}

function lapse(telling: Telling, payment: Payment): void {
  telling.now = Math.max(telling.now, payment.expiresAt) + telling.chance.int(minute);
  hear(telling, payment, 'expired');
}

function expire(telling: Telling): void {
  pass(telling, minute);
  moveOrder(telling, 'expired', 'Nobody paid in time.', 'job');
}

const endings: Readonly<Record<Outcome, (telling: Telling) => void>> = {
  waiting(telling) {
    const payment = open(telling);
    if (telling.chance.chance(0.3)) hear(telling, payment, 'pending');
  },
  fulfilled(telling) {
    pay(telling, open(telling));
    fulfil(telling);
  },
  paid: (telling) => pay(telling, open(telling)),
  retried(telling) {
    const first = open(telling);
    const isFailed = telling.chance.chance(0.2);
    if (isFailed) {
      pass(telling, hour / 2);
      hear(telling, first, 'failed');
      raise(telling, 'payment_failed', first, { outcome: 'The order is paid.' });
    } else lapse(telling, first);
    pass(telling, 3 * hour);
    pay(telling, open(telling));
    fulfil(telling);
  },
  expired(telling) {
    lapse(telling, open(telling));
    expire(telling);
  },
  'expired twice'(telling) {
    lapse(telling, open(telling));
    pass(telling, hour);
    lapse(telling, open(telling));
    expire(telling);
  },
  cancelled(telling) {
    const payment = open(telling);
    pass(telling, hour / 2);
    hear(telling, payment, 'cancelled');
    moveOrder(telling, 'cancelled', 'An admin cancelled it.', 'admin');
    recordAction(telling, 'order.cancel', 'the customer asked for it');
  },
  'topped up'(telling) {
    const first = open(telling);
    pass(telling, hour / 2);
    hear(telling, first, 'underpaid', 0.6);
    moveOrder(telling, 'needs_attention', 'Less came than was asked for.');
    raise(telling, 'payment_underpaid', first, { outcome: 'The order is paid.' });
    pass(telling, 2 * hour);
    pay(telling, open(telling, 0.4));
    fulfil(telling);
  },
  overpaid(telling) {
    const payment = open(telling);
    pass(telling, hour / 2);
    hear(telling, payment, 'overpaid', 1.05);
    moveOrder(telling, 'paid', 'The order is paid.');
    raise(telling, 'payment_overpaid', payment, { outcome: 'The surplus was accepted.', by: 'Ada' });
    fulfil(telling);
  },
  late(telling) {
    const payment = open(telling);
    lapse(telling, payment);
    expire(telling);
    pass(telling, day);
    hear(telling, payment, 'paid_late', 1);
    moveOrder(telling, 'needs_attention', 'The money came too late.');
    raise(telling, 'payment_paid_late', payment, { outcome: 'It was accepted.', by: 'Ada' });
    pass(telling, hour);
    Object.assign(payment, { acceptedAt: telling.now, acceptedBy: 'Ada', acceptedReason: 'the rate is the same' });
    recordAction(telling, 'case.accept', 'the rate is the same');
    moveOrder(telling, 'paid', 'An admin accepted the payment.', 'admin');
    fulfil(telling);
  },
  refunded(telling) {
    endings.fulfilled(telling);
    pass(telling, 6 * day);
    refund(telling, 1);
    moveOrder(telling, 'refunded', 'All of the money was refunded.', 'admin');
  },
  'partially refunded'(telling) {
    endings.fulfilled(telling);
    pass(telling, 6 * day);
    refund(telling, 0.5);
    moveOrder(telling, 'partially_refunded', 'A part of the money was refunded.', 'admin');
  },
  attention(telling) {
    const payment = open(telling);
    pass(telling, hour / 2);
    hear(telling, payment, 'underpaid', 0.7);
    moveOrder(telling, 'needs_attention', 'Less came than was asked for.');
    raise(telling, 'payment_underpaid', payment, null);
  },
};
