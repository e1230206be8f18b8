// Which case a payment calls for: by its status, and by the money that is there in spite of it.
import type { CaseSeverity, PaymentKind, QuickAction } from '#cases/case.ts';
import { floorShare } from '#kernel/money.ts';
import type { Payment, PaymentStatus } from '../model/payment.ts';

export interface Condition {
  kind: PaymentKind;
  severity: CaseSeverity;
  headline: string;
  actions: QuickAction[];
}

/** The case that a payment status calls for, if it calls for one: every status is classified here. */
export const conditions: Readonly<Record<PaymentStatus, Condition | undefined>> = {
  created: undefined,
  pending: undefined,
  paid: undefined,
  cancelled: undefined,
  underpaid: {
    kind: 'payment_underpaid',
    severity: 'warning',
    headline: 'Payment underpaid',
    actions: ['new_payment_link', 'resolve'],
  },
  overpaid: {
    kind: 'payment_overpaid',
    severity: 'info',
    headline: 'Payment overpaid',
    actions: ['resolve', 'open_order'],
  },
  paid_late: {
    kind: 'payment_paid_late',
    severity: 'warning',
    headline: 'Payment paid late',
    actions: ['mark_paid', 'resolve'],
  },
  expired: {
    kind: 'payment_expired',
    severity: 'info',
    headline: 'Payment expired',
    actions: ['new_payment_link', 'open_order'],
  },
  failed: {
    kind: 'payment_failed',
    severity: 'warning',
    headline: 'Payment failed',
    actions: ['new_payment_link', 'check_again'],
  },
  reversed: {
    kind: 'payment_reversed',
    severity: 'critical',
    headline: 'Payment reversed',
    actions: ['check_again', 'resolve'],
  },
};

/** The provider has money that it does not confirm: nobody is asked to pay again before that is decided. */
const unconfirmed: Condition = {
  kind: 'payment_unconfirmed',
  severity: 'warning',
  headline: 'Payment failed, but its money is there',
  actions: ['refund', 'mark_paid'],
};

const paidTwice: Condition = {
  kind: 'payment_paid_twice',
  severity: 'warning',
  headline: 'Paid twice on one link',
  actions: ['resolve', 'open_order'],
};

/** Money that was seen is gone, before anything was confirmed. */
export const doubleSpent: Condition = {
  kind: 'payment_double_spent',
  severity: 'warning',
  headline: 'Money seen is gone: double-spent, replaced or given back',
  actions: ['check_again', 'open_order'],
};

/** A case of the order: the payment has no status that says so. */
export const notCreated: Condition = {
  kind: 'payment_not_created',
  severity: 'warning',
  headline: 'No payment link could be made',
  actions: ['new_payment_link', 'open_order'],
};

/** The kinds of which a payment has one at a time. */
export const kindsOfConditions: readonly PaymentKind[] = [
  ...Object.values(conditions),
  unconfirmed,
  paidTwice,
  doubleSpent,
]
  .filter((condition) => condition !== undefined)
  .map(({ kind }) => kind);

export function conditionOf(payment: Payment, { isUnconfirmed }: { isUnconfirmed: boolean }): Condition | undefined {
  if (isUnconfirmed) return unconfirmed;
  return isPaidTwice(payment) ? paidTwice : conditions[payment.status];
}

/** A second payment may lack what a wallet or an exchange keeps of it: nine tenths of the amount once more. */
const twicePercent = 190;

function isPaidTwice({ status, expectedAmount, receivedAmount }: Payment): boolean {
  if (status !== 'overpaid' || expectedAmount === null || receivedAmount === null) return false;
  return floorShare(100, { of: receivedAmount, in: expectedAmount }) >= twicePercent;
}
