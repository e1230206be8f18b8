import { type Milliseconds, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { type AssetAmount, addDecimals, compareDecimals, plainDecimal } from '#kernel/money.ts';
import type { PaymentSnapshot, SnapshotState } from '../../model/snapshot.ts';
import { joinLabel, withCurrencyPlaces } from '../kit/body-fields.ts';
import { isPaymentId } from '../kit/payment-uuid.ts';
import type { NowInvoice, NowPayment, PaymentStatus } from './payment.ts';

// NOWPayments: Status. An invoice is what its payments are, taken together: the one that is furthest decides. A payment with
// a parent is a repeated deposit or one in another coin: it counts by its amount, not by its status, and in the same coin only.

/** The furthest first; statuses that end without money come last. */
const ranks: readonly PaymentStatus[] = [
  'finished',
  'sending',
  'confirmed',
  'confirming',
  'partially_paid',
  'waiting',
  'refunded',
  'failed',
  'expired',
  'cancelled',
];

/** A buyer who chose a coin in the last minute has twenty more at the fixed rate, and the coin its time to arrive. */
const graceMs: Milliseconds = 30 * minute;

const noPayment = 'no payment yet';
const ours = { provider: 'nowpayments', trust: 'fetched', isMarkedSettled: false } as const;

export function invoiceSnapshot(
  invoice: NowInvoice,
  about: { observedAt: Milliseconds; expiresAt: Milliseconds },
): PaymentSnapshot {
  return {
    ...ours,
    reference: asProviderReference(invoice.id),
    paymentId: isPaymentId(invoice.order_id) ? invoice.order_id : null,
    observedAt: about.observedAt,
    state: 'open',
    providerStatus: noPayment,
    isLate: false,
    settlement: null,
    coin: null,
    fees: null,
    transactionIds: [],
    label: joinLabel([invoice.order_id]),
    requested: priceOf(invoice),
    checkoutUrl: invoice.invoice_url,
    createdAt: about.observedAt,
    expiresAt: about.expiresAt,
  };
}

/** What the payments of an invoice say of it; `known` is what was requested, for an invoice without payments. */
export function paymentsSnapshot(
  payments: readonly NowPayment[],
  about: {
    invoiceId: string;
    observedAt: Milliseconds;
    known: { requested: AssetAmount; expiresAt: Milliseconds } | undefined;
  },
): PaymentSnapshot | undefined {
  const direct = payments.filter(({ parent_payment_id: parent }) => !parent);
  const deposits = payments.filter((payment) => payment.parent_payment_id && hasMoney(payment));
  const [main] = direct.toSorted((left, right) => rankOf(left) - rankOf(right));
  const priced = main ?? deposits[0];
  const requested = main === undefined ? (about.known?.requested ?? (priced && priceOf(priced))) : priceOf(main);
  if (requested === undefined) return undefined;
  const isOver = about.known !== undefined && about.observedAt > about.known.expiresAt + graceMs;
  const base = {
    ...ours,
    reference: asProviderReference(about.invoiceId),
    paymentId: [...direct, ...deposits].map(({ order_id }) => order_id).find(isPaymentId) ?? null,
    observedAt: about.observedAt,
    requested,
    fees: null,
    label: joinLabel([...direct, ...deposits].map(({ order_id }) => order_id)),
    checkoutUrl: null,
    transactionIds: payments.flatMap(({ payin_hash: hash }) => (hash ? [hash] : [])),
    createdAt: null,
    expiresAt: null,
  };
  const providerStatus = wordsOf(main, deposits);
  const state = main === undefined ? undefined : stateOf(main);
  if (deposits.length > 0 && state !== 'confirmed') {
    // Nobody knows what money in another coin is worth: none of it is counted, so that an admin decides.
    const settlement = main && deposits.every((deposit) => isSameCoin(deposit, main)) ? sumOf(main, deposits) : null;
    return { ...base, providerStatus, state: 'expired', settlement, coin: settlement, isLate: true };
  }
  if (main === undefined || state === undefined) {
    return { ...base, providerStatus, state: isOver ? 'expired' : 'open', settlement: null, coin: null, isLate: false };
  }
  const hasExpired = state === 'open' && isOver;
  // What is settled in is the coin that the buyer chose.
  const settlement = sumOf(main, deposits);
  return {
    ...base,
    providerStatus,
    state: hasExpired ? 'expired' : state,
    settlement,
    coin: settlement,
    isLate: false,
  };
}

function isSameCoin(deposit: NowPayment, main: NowPayment): boolean {
  return deposit.pay_currency.toUpperCase() === main.pay_currency.toUpperCase();
}

function rankOf(payment: NowPayment): number {
  return ranks.indexOf(payment.payment_status);
}

function stateOf(payment: NowPayment): SnapshotState {
  switch (payment.payment_status) {
    case 'waiting':
      return 'open';
    case 'confirming':
    case 'confirmed':
    case 'sending':
      return 'processing';
    case 'finished':
      return 'confirmed';
    case 'partially_paid':
    case 'expired':
      return 'expired';
    case 'failed':
    case 'refunded':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    default:
      return payment.payment_status satisfies never;
  }
}

/** What was paid in the coin of the payment, compared with what that payment requested. */
function sumOf(main: NowPayment, deposits: readonly NowPayment[]): PaymentSnapshot['settlement'] {
  const counted = [main, ...deposits.filter((deposit) => isSameCoin(deposit, main))];
  const received = counted.reduce((sum, payment) => addDecimals(sum, paidIn(payment)), '0');
  const isNothing = compareDecimals(received, '0') === 0 && main.payment_status !== 'refunded';
  if (!main.pay_amount || isNothing) return null;
  return { expected: plainDecimal(main.pay_amount), received, asset: main.pay_currency.toUpperCase() };
}

function hasMoney(payment: NowPayment): boolean {
  return compareDecimals(paidIn(payment), '0') > 0;
}

/** What is there of it; one that was given back still names what came. */
function paidIn({ payment_status: status, actually_paid: paid }: NowPayment): string {
  return status === 'refunded' ? '0' : (paid ?? '0');
}

function wordsOf(main: NowPayment | undefined, deposits: readonly NowPayment[]): string {
  const words = main === undefined ? noPayment : main.payment_status;
  const beside = deposits.map(
    ({ payment_id: id, actually_paid: paid, pay_currency: coin }) => `deposit ${id} of ${paid} ${coin.toUpperCase()}`,
  );
  return [words, ...beside].join(' / ');
}

export function priceOf(priced: { price_amount: string; price_currency: string }): AssetAmount {
  const asset = priced.price_currency.toUpperCase();
  return { amount: withCurrencyPlaces(plainDecimal(priced.price_amount), asset), asset };
}
