import type { CaseFacts, CaseKind, PaymentKind } from '#cases/case.ts';
import type { CaseTx } from '#cases/case-store.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { resolveOrderCases } from '#cases/resolve-case.ts';
import { assert } from '#kernel/invariant.ts';
import { formatAsset, formatMoney, withPlaces } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import { amountDetail, differenceFacts } from '../model/amount-detail.ts';
import { balanceOf } from '../model/balance.ts';
import { isOpenPayment, type Payment } from '../model/payment.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { type Condition, conditionOf, conditions, doubleSpent, kindsOfConditions } from './conditions.ts';
import { writeTimeline } from './write-timeline.ts';

/** Resolves the cases of an earlier status of this payment: it is in one condition at a time. */
export async function resolveEarlierCases(
  tx: PaymentTx,
  { payment, isUnconfirmed }: { payment: Payment; isUnconfirmed: boolean },
): Promise<void> {
  const present = conditionOf(payment, { isUnconfirmed })?.kind;
  const kinds = kindsOfConditions.filter((kind) => kind !== present);
  const over: CaseKind[] = isOpenPayment(payment) ? [] : ['payment_stuck'];
  const by = `The payment is ${payment.status.replaceAll('_', ' ')} now.`;
  await resolveOrderCases(tx, { orderId: payment.orderId, paymentId: payment.id, kinds: [...kinds, ...over], by });
}

/** Raises the case that a payment's new status calls for, if any. */
export async function raiseForStatus(
  tx: PaymentTx,
  input: { order: Order; payment: Payment; isUnconfirmed: boolean },
): Promise<void> {
  const condition = conditionOf(input.payment, input);
  if (condition !== undefined) await raisePaymentCase(tx, { ...input, condition, why: null });
}

/** Money that was on its way is gone: the payment was double-spent, replaced, or never got into a block. */
export async function raiseDoubleSpent(
  tx: PaymentTx,
  input: { order: Order; before: Payment; payment: Payment },
): Promise<void> {
  const { order, before, payment } = input;
  const { receivedAmount: seen, receivedAsset: asset, expectedAmount } = before;
  assert(seen !== null && asset !== null, 'money that was taken back was seen before');
  const show = (amount: string): string =>
    formatAsset({ amount: withPlaces(amount, { asset, beside: [expectedAmount ?? seen, seen] }), asset });
  const left = payment.receivedAmount === null ? 'nothing' : show(payment.receivedAmount);
  const facts = { detail: `${show(seen)} was seen, ${left} of it is left` };
  await raisePaymentCase(tx, { order, payment, condition: doubleSpent, why: null, facts });
}

/** Unexpected money: the order is paid already, cancelled or expired. */
export async function raiseUnexpectedMoney(tx: PaymentTx, input: { order: Order; payment: Payment }): Promise<void> {
  const isPaidTwice = input.order.paidAt !== null;
  const condition: Condition = {
    kind: isPaidTwice ? 'payment_duplicate' : 'payment_unexpected',
    severity: 'warning',
    headline: isPaidTwice ? 'Order paid twice' : 'Payment for a closed order',
    actions: ['resolve', 'refund'],
  };
  await raisePaymentCase(tx, { ...input, condition, why: `The order is ${input.order.status}.` });
}

/** The payments together are more than the order's total, and no single payment is the duplicate. */
export async function raiseOverpayment(
  tx: PaymentTx,
  input: { order: Order; payment: Payment; surplusMinor: number },
): Promise<void> {
  const condition = conditions.overpaid;
  assert(condition !== undefined, 'an overpayment has a case');
  const { order, payment } = input;
  const differenceFiat = formatMoney({ amountMinor: input.surplusMinor, currency: order.currency });
  const why = `All payments together brought ${differenceFiat} more than the order's total.`;
  await raisePaymentCase(tx, { order, payment, condition, why, facts: { differenceFiat, differenceCoin: null } });
}

/** The provider says that it is paid, and that is not enough: `why` says what an admin has to review. */
export async function raiseHeld(
  tx: PaymentTx,
  input: { order: Order; payment: Payment; why: string; rings: boolean },
): Promise<void> {
  const condition: Condition = {
    kind: 'payment_held',
    severity: 'warning',
    headline: `Order on ${providerTitle(input.payment.provider)} is held for review: accept or reject it`,
    actions: ['resolve', 'open_order'],
  };
  await raisePaymentCase(tx, { ...input, condition });
}

/** Money that counted for a paid order was reversed, whatever its payment's status is called. */
export async function raiseReversed(tx: PaymentTx, input: { order: Order; payment: Payment }): Promise<void> {
  const condition = conditions.reversed;
  assert(condition !== undefined, 'a reversal has a case');
  await raisePaymentCase(tx, { ...input, condition, why: null });
}

/** The payment is paid in full, and is only a part of the order, of which the rest is missing. */
export async function raiseShort(tx: PaymentTx, input: { order: Order; payment: Payment }): Promise<void> {
  const condition = conditions.underpaid;
  assert(condition !== undefined, 'an underpayment has a case');
  const { order, payment } = input;
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const { missingMinor } = balanceOf(order, payments, await tx.stores.refunds.listRefundsForOrder(order.id));
  const differenceFiat = formatMoney({ amountMinor: missingMinor, currency: order.currency });
  const why = `This payment was over ${formatMoney(payment)}; ${differenceFiat} of the order is missing.`;
  await raisePaymentCase(tx, { ...input, condition, why, facts: { differenceFiat, differenceCoin: null } });
}

export async function raiseMismatch(
  tx: PaymentTx,
  input: { order: Order; payment: Payment; there: { amount: string; asset: string } },
): Promise<void> {
  const { payment, there } = input;
  const here = formatAsset({ amount: payment.requestedAmount, asset: payment.requestedAsset });
  const condition: Condition = {
    kind: 'payment_mismatch',
    severity: 'critical',
    headline: 'Provider collects a wrong amount',
    actions: ['new_payment_link', 'check_again'],
  };
  await raisePaymentCase(tx, {
    ...input,
    condition,
    why: `We requested ${here}, the provider collects ${formatAsset(there)}.`,
  });
}

export async function endMismatch(tx: PaymentTx, payment: Payment): Promise<void> {
  const by = 'The provider collects the requested amount.';
  await resolveOrderCases(tx, {
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

/** Polling ends and the payment is still open: the last alert before nothing asks for it any more. */
export async function raiseIfStuck(
  tx: CaseTx,
  input: { order: Order; before: Pick<Payment, 'nextPollAt'>; payment: Payment },
): Promise<void> {
  const { before, payment } = input;
  const isLastPoll = before.nextPollAt !== null && payment.nextPollAt === null;
  if (!isLastPoll || !isOpenPayment(payment)) return;
  const words =
    payment.providerStatus === null ? '' : `${providerTitle(payment.provider)} says ${payment.providerStatus}. `;
  const condition: Condition = {
    kind: 'payment_stuck',
    severity: 'warning',
    headline: 'Payment is still open after a week',
    actions: ['check_again', 'new_payment_link'],
  };
  await raisePaymentCase(tx, { ...input, condition, why: `${words}It is no longer checked automatically.` });
}

/**
 * Money too much, or not confirmed, is decided payment by payment; any other condition is one case of the order, whichever payment shows
 * it.
 */
const ofOnePayment: readonly PaymentKind[] = [
  'payment_overpaid',
  'payment_paid_twice',
  'payment_unconfirmed',
  'payment_duplicate',
  'payment_unexpected',
];

export function keyOf(kind: PaymentKind, { order, payment }: { order: Order; payment: Payment }): string {
  return `${kind}:${ofOnePayment.includes(kind) ? payment.id : order.id}`;
}

/** The key of the case that a payment is a duplicate for a paid order. */
export function duplicateKeyOf(payment: Pick<Payment, 'id'>): string {
  return `payment_duplicate:${payment.id}`;
}

export async function raisePaymentCase(
  tx: CaseTx,
  input: {
    order: Order;
    payment: Payment;
    condition: Condition;
    why: string | null;
    rings?: boolean;
    facts?: Partial<CaseFacts>;
  },
): Promise<void> {
  const { order, payment, condition } = input;
  const { kind, severity, headline, actions } = condition;
  const { provider, reference } = payment;
  await raiseCase(tx, {
    key: keyOf(kind, { order, payment }),
    kind,
    severity,
    rings: input.rings ?? true,
    provider,
    reference,
    orderId: order.id,
    paymentId: payment.id,
    facts: {
      headline,
      orderNumber: formatOrderNumber(order.number),
      amount: formatMoney(order),
      detail: amountDetail(payment),
      why: input.why ?? payment.providerStatus ?? 'The provider gave no reason.',
      trust: payment.trust,
      ...(input.facts ?? differenceFacts(payment)),
    },
    actions,
  });
}
