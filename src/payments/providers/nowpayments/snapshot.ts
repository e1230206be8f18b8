import type { Milliseconds } from '#kernel/clock.ts';
import { minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import {
  type AssetAmount,
  addDecimals,
  compareDecimals,
  isCurrency,
  MoneyInvalid,
  parseMoney,
  plainDecimal,
  toDecimal,
} from '#kernel/money.ts';
import type { PaymentSnapshot, SnapshotState } from '../../model/snapshot.ts';
import { joinLabel } from '../kit/body-fields.ts';
import { isPaymentId } from '../kit/payment-uuid.ts';
import type { NowInvoice, NowPayment, PaymentStatus } from './payment.ts';

// NOWPayments: Status. An invoice is what its payments are, taken together: the one that is furthest decides. A payment with
// a parent is a repeated deposit or one in another coin: it counts by its amount, not by its status, and in the same coin only.

/** The furthest first; what is over without money comes last. */
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
const ours = { provider: 'nowpayments', trust: 'fetched', isMarkedByHand: false } as const;

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
    fees: null,
    transactionIds: [],
    coin: null,
    label: joinLabel([invoice.order_id]),
    requested: priceOf(invoice),
    checkoutUrl: invoice.invoice_url,
    createdAt: about.observedAt,
    expiresAt: about.expiresAt,
  };
}

/** What is known of an invoice by its payments; `known` says what we asked for, where none has been made yet. */
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
    // Money in another coin is of a worth that nobody has told: counting none of it leaves it to a person.
    const settlement = main && deposits.every((deposit) => isSameCoin(deposit, main)) ? sumOf(main, deposits) : null;
    return { ...base, providerStatus, state: 'expired', settlement, coin: settlement, isLate: true };
  }
  if (main === undefined || state === undefined) {
    return { ...base, providerStatus, state: isOver ? 'expired' : 'open', settlement: null, coin: null, isLate: false };
  }
  const isGone = state === 'open' && isOver;
  // What is settled in is the coin that the buyer chose.
  const settlement = sumOf(main, deposits);
  return {
    ...base,
    providerStatus,
    state: isGone ? 'expired' : state,
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
      // An error with money in it is for a person.
      return hasMoney(payment) ? 'expired' : 'failed';
    case 'refunded':
      return 'invalid';
    case 'cancelled':
      return 'cancelled';
    default:
      return payment.payment_status satisfies never;
  }
}

/** What came in the coin of the payment, compared with what that payment asked for. */
function sumOf(main: NowPayment, deposits: readonly NowPayment[]): PaymentSnapshot['settlement'] {
  const counted = [main, ...deposits.filter((deposit) => isSameCoin(deposit, main))];
  const received = counted.reduce((sum, { actually_paid: paid }) => addDecimals(sum, paid ?? '0'), '0');
  if (!main.pay_amount || compareDecimals(received, '0') === 0) return null;
  return { expected: plainDecimal(main.pay_amount), received, asset: main.pay_currency.toUpperCase() };
}

function hasMoney({ actually_paid: paid }: NowPayment): boolean {
  return paid !== undefined && paid !== null && compareDecimals(paid, '0') > 0;
}

function wordsOf(main: NowPayment | undefined, deposits: readonly NowPayment[]): string {
  const words = main === undefined ? noPayment : main.payment_status;
  const beside = deposits.map(
    ({ payment_id: id, actually_paid: paid, pay_currency: coin }) => `deposit ${id} of ${paid} ${coin.toUpperCase()}`,
  );
  return [words, ...beside].join(' / ');
}

/** A JSON number has lost its trailing zeros: `49` is asked for and shown as `49.00`. */
export function priceOf(priced: { price_amount: string; price_currency: string }): AssetAmount {
  const asset = priced.price_currency.toUpperCase();
  const amount = plainDecimal(priced.price_amount);
  if (!isCurrency(asset)) return { amount, asset };
  try {
    return { amount: toDecimal(parseMoney(amount, asset)), asset };
  } catch (error) {
    // More places than the currency has: somebody else's, shown as it is.
    if (error instanceof MoneyInvalid) return { amount, asset };
    throw error;
  }
}
