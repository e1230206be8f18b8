import { formatUnits, toUnits } from '../decimal.ts';
import type { RandomIds } from '../ids.ts';
import type { InvoiceRequest } from './requests.ts';

// NOWPayments: an invoice is an address of a page; what happens, happens to its payments.

export type PaymentStatus =
  | 'waiting'
  | 'confirming'
  | 'confirmed'
  | 'sending'
  | 'finished'
  | 'partially_paid'
  | 'failed'
  | 'refunded'
  | 'expired';

export interface Payment {
  readonly id: string;
  readonly parentId: string | null;
  readonly coin: string;
  /** In the smallest unit of the coin. */
  readonly payUnits: bigint;
  paidUnits: bigint;
  status: PaymentStatus;
  readonly hash: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
}

export interface Invoice {
  readonly request: InvoiceRequest;
  readonly id: string;
  readonly createdAtMs: number;
  readonly payments: Payment[];
  readonly isForeign: boolean;
}

/** Every visitor of the sandbox pays in bitcoin, at one price in every currency, for there is no network to ask. */
export const payCoin = 'btc';
const rate = '64000.00';
export const coinPlaces = 8;
/** A fixed rate is frozen so long. */
export const rateKeptMs = 20 * 60_000;

export function newInvoice(
  request: InvoiceRequest,
  about: { ids: RandomIds; nowMs: number; isForeign: boolean },
): Invoice {
  return { request, id: randomDigits(about.ids), createdAtMs: about.nowMs, payments: [], isForeign: about.isForeign };
}

export function newPayment(
  invoice: Invoice,
  about: { ids: RandomIds; nowMs: number; parentId: string | null },
): Payment {
  return {
    id: randomDigits(about.ids),
    parentId: about.parentId,
    coin: payCoin,
    payUnits: priceInCoin(invoice.request),
    paidUnits: 0n,
    status: 'waiting',
    hash: about.ids.hex(32),
    createdAtMs: about.nowMs,
    updatedAtMs: about.nowMs,
  };
}

/** Rounded up, as a wallet has to send at least the price. */
function priceInCoin({ priceUnits, places }: InvoiceRequest): bigint {
  const dividend = priceUnits * 10n ** BigInt(coinPlaces + 2);
  const divisor = toUnits(rate, 2) * 10n ** BigInt(places);
  return (dividend + divisor - 1n) / divisor;
}

/** The payment that the invoice itself waits for, or was paid by: deposits beside it do not count. */
export function mainPayment(invoice: Invoice): Payment | undefined {
  return invoice.payments.findLast(({ parentId }) => parentId === null);
}

export function coin(units: bigint): string {
  return formatUnits(units, coinPlaces);
}

export function price({ request }: Invoice): string {
  return formatUnits(request.priceUnits, request.places);
}

/** What came by all payments of the invoice, in its currency, cut off. */
export function paidPrice({ request, payments }: Invoice): string {
  const [first] = payments;
  if (first === undefined) return formatUnits(0n, request.places);
  return formatUnits((request.priceUnits * sumPaid(payments)) / first.payUnits, request.places);
}

/** Price and money in the coin of the payments; undefined before one is chosen. */
export function inCoin({ payments }: Invoice): { amount: string; paid: string } | undefined {
  const [first] = payments;
  if (first === undefined) return undefined;
  return { amount: coin(first.payUnits), paid: coin(sumPaid(payments)) };
}

function sumPaid(payments: readonly Payment[]): bigint {
  return payments.reduce((sum, { paidUnits }) => sum + paidUnits, 0n);
}

/** As `GET /payment/{id}` and the IPN show it: amounts are JSON numbers, and the id too. */
export function paymentData(invoice: Invoice, payment: Payment) {
  const { request } = invoice;
  return {
    payment_id: Number(payment.id),
    parent_payment_id: payment.parentId === null ? null : Number(payment.parentId),
    invoice_id: Number(invoice.id),
    payment_status: payment.status,
    pay_address: `bc1q${payment.hash.slice(0, 38)}`,
    payin_extra_id: null,
    price_amount: Number(price(invoice)),
    price_currency: request.currency.toLowerCase(),
    pay_amount: Number(coin(payment.payUnits)),
    actually_paid: Number(coin(payment.paidUnits)),
    actually_paid_at_fiat: 0,
    pay_currency: payment.coin,
    order_id: request.orderId ?? null,
    order_description: request.description ?? null,
    purchase_id: payment.id,
    outcome_amount: Number(coin((payment.paidUnits * 995n) / 1000n)),
    outcome_currency: payment.coin,
    payin_hash: payment.paidUnits > 0n ? payment.hash : null,
    created_at: new Date(payment.createdAtMs).toISOString(),
    updated_at: new Date(payment.updatedAtMs).toISOString(),
  };
}

/** Ten digits, as the documented ids have. */
function randomDigits(ids: RandomIds): string {
  return String(ids.integer({ min: 1_000_000_000, max: 9_999_999_998 }));
}
