import type { AlertAction, AlertKind, AlertSeverity } from '#cases/case.ts';
import { assert } from '#kernel/invariant.ts';
import { formatAsset, formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { ExceptionKind } from '../exceptions/exception.ts';
import { amountDetail, gapFacts } from '../model/amount-detail.ts';
import { standingOf } from '../model/coverage.ts';
import { isOpenPayment, type Payment, type PaymentStatus } from '../model/payment.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { endOrderTroubles, raiseTrouble, type TroubleFacts } from '../trouble.ts';
import { writeTimeline } from './write-timeline.ts';

interface Trouble {
  kind: ExceptionKind;
  severity: AlertSeverity;
  headline: string;
  actions: AlertAction[];
}

/** The trouble that a payment status is, if it is one: every status is classified here. */
const troubles: Readonly<Record<PaymentStatus, Trouble | undefined>> = {
  created: undefined,
  pending: undefined,
  paid: undefined,
  cancelled: undefined,
  underpaid: {
    kind: 'payment_underpaid',
    severity: 'warning',
    headline: 'Payment came short',
    actions: ['new_payment_link', 'resolve'],
  },
  overpaid: {
    kind: 'payment_overpaid',
    severity: 'info',
    headline: 'Payment came with too much',
    actions: ['resolve', 'open_order'],
  },
  paid_late: {
    kind: 'payment_paid_late',
    severity: 'warning',
    headline: 'Payment came late',
    actions: ['mark_paid', 'resolve'],
  },
  expired: {
    kind: 'payment_expired',
    severity: 'info',
    headline: 'Payment expired unpaid',
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
    headline: 'Payment was reversed',
    actions: ['check_again', 'resolve'],
  },
};

/** Ends what rang for an earlier status of this payment: one payment is in one trouble at a time. */
export async function endEarlierTrouble(tx: PaymentTx, payment: Payment): Promise<void> {
  const present = troubles[payment.status]?.kind;
  const kinds = Object.values(troubles).flatMap((trouble) =>
    trouble && trouble.kind !== present ? [trouble.kind] : [],
  );
  const over: AlertKind[] = isOpenPayment(payment) ? [] : ['payment_stuck'];
  const by = `The payment is ${payment.status.replaceAll('_', ' ')} now.`;
  await endOrderTroubles(tx, { orderId: payment.orderId, paymentId: payment.id, kinds: [...kinds, ...over], by });
}

/** Raises the alert that a payment's new status calls for; a status without trouble raises none. */
export async function raiseForStatus(tx: PaymentTx, input: { order: Order; payment: Payment }): Promise<void> {
  const trouble = troubles[input.payment.status];
  if (trouble !== undefined) await raisePaymentAlert(tx, { ...input, trouble, why: null });
}

/** Money that nobody waited for: the order is paid already, or over. */
export async function raiseUnexpectedMoney(tx: PaymentTx, input: { order: Order; payment: Payment }): Promise<void> {
  const isPaidTwice = input.order.paidAt !== null;
  const trouble: Trouble = {
    kind: isPaidTwice ? 'payment_duplicate' : 'payment_unexpected',
    severity: 'warning',
    headline: isPaidTwice ? 'Order was paid a second time' : 'Money came for an order that is over',
    actions: ['resolve', 'refund'],
  };
  await raisePaymentAlert(tx, { ...input, trouble, why: `The order is ${input.order.status}.` });
}

/** More came than the order needs, and no one payment is to blame for it. */
export async function raiseSurplus(
  tx: PaymentTx,
  input: { order: Order; payment: Payment; surplusMinor: number },
): Promise<void> {
  const trouble = troubles.overpaid;
  assert(trouble !== undefined, 'a surplus is a trouble');
  const { order, payment } = input;
  const gapFiat = formatMoney({ amountMinor: input.surplusMinor, currency: order.currency });
  const why = `All payments together brought ${gapFiat} more than the order asks for.`;
  await raisePaymentAlert(tx, { order, payment, trouble, why, facts: { gapFiat, gapCoin: null } });
}

/** It is paid, as far as its provider's word goes, and that is not enough: `why` says what a person has to weigh. */
export async function raiseHeld(tx: PaymentTx, input: { order: Order; payment: Payment; why: string }): Promise<void> {
  const trouble: Trouble = {
    kind: 'payment_held',
    severity: 'warning',
    headline: `Sale on ${providerTitle(input.payment.provider)} is held: accept or reject it`,
    actions: ['resolve', 'open_order'],
  };
  await raisePaymentAlert(tx, { ...input, trouble });
}

/** Money that counted for a paid order is gone, whatever its payment is called now. */
export async function raiseReversed(tx: PaymentTx, input: { order: Order; payment: Payment }): Promise<void> {
  const trouble = troubles.reversed;
  assert(trouble !== undefined, 'a reversal is a trouble');
  await raisePaymentAlert(tx, { ...input, trouble, why: null });
}

/** It is paid in full, and it was to bring only a part of the order, of which the rest is missing. */
export async function raiseShort(tx: PaymentTx, input: { order: Order; payment: Payment }): Promise<void> {
  const trouble = troubles.underpaid;
  assert(trouble !== undefined, 'a short payment is a trouble');
  const { order, payment } = input;
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const { missingMinor } = standingOf(order, payments, await tx.stores.refunds.listRefundsForOrder(order.id));
  const gapFiat = formatMoney({ amountMinor: missingMinor, currency: order.currency });
  const why = `This payment was over ${formatMoney(payment)}; ${gapFiat} of the order is not there.`;
  await raisePaymentAlert(tx, { ...input, trouble, why, facts: { gapFiat, gapCoin: null } });
}

export async function raiseMismatch(
  tx: PaymentTx,
  input: { order: Order; payment: Payment; there: { amount: string; asset: string } },
): Promise<void> {
  const { payment, there } = input;
  const here = formatAsset({ amount: payment.requestedAmount, asset: payment.requestedAsset });
  const trouble: Trouble = {
    kind: 'payment_mismatch',
    severity: 'critical',
    headline: 'Provider collects another amount than we asked for',
    actions: ['new_payment_link', 'check_again'],
  };
  await raisePaymentAlert(tx, {
    ...input,
    trouble,
    why: `We asked for ${here}, the provider says ${formatAsset(there)}.`,
  });
}

export async function endMismatch(tx: PaymentTx, payment: Payment): Promise<void> {
  const by = 'The provider collects what we asked for.';
  await endOrderTroubles(tx, {
    orderId: payment.orderId,
    paymentId: payment.id,
    kinds: ['payment_mismatch'],
    by,
  });
  await writeTimeline(tx, {
    order: { id: payment.orderId },
    paymentId: payment.id,
    subject: 'note',
    from: null,
    to: null,
    trust: payment.trust,
    text: by,
  });
}

export async function raiseNotCreated(
  tx: PaymentTx,
  input: { order: Order; payment: Payment; why: string },
): Promise<void> {
  const trouble: Trouble = {
    kind: 'payment_not_created',
    severity: 'warning',
    headline: 'No payment link could be made',
    actions: ['new_payment_link', 'open_order'],
  };
  await raisePaymentAlert(tx, { ...input, trouble });
}

/** The schedule has come to its end and the payment has not: the last word before nobody asks by himself any more. */
export async function raiseIfStuck(
  tx: PaymentTx,
  input: { order: Order; before: Pick<Payment, 'nextPollAt'>; payment: Payment },
): Promise<void> {
  const { before, payment } = input;
  const isLastPoll = before.nextPollAt !== null && payment.nextPollAt === null;
  if (!isLastPoll || !isOpenPayment(payment)) return;
  const words =
    payment.providerStatus === null ? '' : `${providerTitle(payment.provider)} says ${payment.providerStatus}. `;
  const trouble: Trouble = {
    kind: 'payment_stuck',
    severity: 'warning',
    headline: 'Payment is still open after a week',
    actions: ['check_again', 'new_payment_link'],
  };
  await raisePaymentAlert(tx, { ...input, trouble, why: `${words}It is no longer asked about by itself.` });
}

/** Money too much is decided payment by payment; everything else is one trouble of the order, whichever payment shows it. */
const ofOnePayment: readonly ExceptionKind[] = ['payment_overpaid', 'payment_duplicate', 'payment_unexpected'];

function keyOf(kind: ExceptionKind, { order, payment }: { order: Order; payment: Payment }): string {
  return `${kind}:${ofOnePayment.includes(kind) ? payment.id : order.id}`;
}

/** Of the trouble that a payment is money too many for a paid order. */
export function duplicateKeyOf(payment: Pick<Payment, 'id'>): string {
  return `payment_duplicate:${payment.id}`;
}

async function raisePaymentAlert(
  tx: PaymentTx,
  input: { order: Order; payment: Payment; trouble: Trouble; why: string | null; facts?: TroubleFacts },
): Promise<void> {
  const { order, payment, trouble } = input;
  await raiseTrouble(tx, {
    alert: {
      key: keyOf(trouble.kind, { order, payment }),
      kind: trouble.kind,
      severity: trouble.severity,
      orderId: order.id,
      paymentId: payment.id,
      facts: {
        headline: trouble.headline,
        orderNumber: formatOrderNumber(order.number),
        amount: formatMoney(order),
        detail: amountDetail(payment),
        provider: payment.provider,
        why: input.why ?? payment.providerStatus ?? 'The provider gave no reason.',
        trust: payment.trust,
      },
      actions: trouble.actions,
    },
    facts: { provider: payment.provider, reference: payment.reference, ...(input.facts ?? gapFacts(payment)) },
  });
}
