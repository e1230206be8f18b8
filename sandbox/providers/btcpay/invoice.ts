import { formatUnits, toUnits } from '../decimal.ts';
import type { RandomIds } from '../ids.ts';
import type { InvoiceRequest, InvoiceStatus } from './requests.ts';

export type AdditionalStatus = 'None' | 'PaidPartial' | 'PaidOver' | 'PaidLate' | 'Marked' | 'Invalid';

export interface Payment {
  readonly id: string;
  readonly receivedAtMs: number;
  /** In the invoice's currency, in its smallest unit. */
  readonly units: bigint;
  status: 'Processing' | 'Settled' | 'Invalid';
  readonly destination: string;
}

export interface Invoice {
  request: InvoiceRequest;
  readonly id: string;
  readonly storeId: string;
  readonly destination: string;
  readonly createdAtMs: number;
  expiresAtMs: number;
  monitoringUntilMs: number;
  status: InvoiceStatus;
  additionalStatus: AdditionalStatus;
  isArchived: boolean;
  readonly payments: Payment[];
  readonly isForeign: boolean;
}

const minuteMs = 60_000;
/** Price of a bitcoin in every currency of the sandbox, which has no network to ask for better. */
const rate = '64000.00';
const btcPlaces = 8;

export function newInvoice(
  request: InvoiceRequest,
  about: { ids: RandomIds; nowMs: number; storeId: string; isForeign: boolean },
): Invoice {
  const createdAtMs = Math.floor(about.nowMs / 1000) * 1000;
  const expiresAtMs = createdAtMs + request.expirationMinutes * minuteMs;
  return {
    request,
    id: about.ids.base58(22),
    storeId: about.storeId,
    destination: `bcrt1q${about.ids.base32(38)}`,
    createdAtMs,
    expiresAtMs,
    monitoringUntilMs: expiresAtMs + request.monitoringMinutes * minuteMs,
    status: 'New',
    additionalStatus: 'None',
    isArchived: false,
    payments: [],
    isForeign: about.isForeign,
  };
}

export function newPayment(invoice: Invoice, received: { ids: RandomIds; units: bigint; nowMs: number }): Payment {
  return {
    id: `${received.ids.hex(32)}-0`,
    receivedAtMs: received.nowMs,
    units: received.units,
    status: 'Processing',
    destination: invoice.destination,
  };
}

export function paidUnits(invoice: Invoice): bigint {
  return invoice.payments.filter(({ status }) => status !== 'Invalid').reduce((sum, { units }) => sum + units, 0n);
}

/** Whether enough has come in, `paymentTolerance` considered. */
export function isPaidInFull(invoice: Invoice): boolean {
  const { amountUnits, paymentTolerance } = invoice.request;
  const tolerance = (amountUnits * BigInt(Math.round(paymentTolerance * 100))) / 10_000n;
  return paidUnits(invoice) >= amountUnits - tolerance;
}

export function isPaidOver(invoice: Invoice): boolean {
  return paidUnits(invoice) > invoice.request.amountUnits;
}

export function markableStatuses(invoice: Invoice): ('Settled' | 'Invalid')[] {
  if (invoice.status === 'Settled') return ['Invalid'];
  if (invoice.status === 'Invalid') return ['Settled'];
  return ['Settled', 'Invalid'];
}

export function formatMoney(invoice: Invoice, units: bigint): string {
  return formatUnits(units, invoice.request.places);
}

/** InvoiceData of the API. */
export function invoiceData(invoice: Invoice, about: { origin: string }) {
  const { request } = invoice;
  return {
    id: invoice.id,
    storeId: invoice.storeId,
    amount: formatMoney(invoice, request.amountUnits),
    paidAmount: formatMoney(invoice, paidUnits(invoice)),
    currency: request.currency,
    type: 'Standard',
    checkoutLink: checkoutLink(invoice, about.origin),
    createdTime: seconds(invoice.createdAtMs),
    expirationTime: seconds(invoice.expiresAtMs),
    monitoringExpiration: seconds(invoice.monitoringUntilMs),
    status: invoice.status,
    additionalStatus: invoice.additionalStatus,
    availableStatusesForManualMarking: markableStatuses(invoice),
    archived: invoice.isArchived,
    metadata: request.metadata,
    checkout: {
      speedPolicy: request.speedPolicy,
      paymentMethods: ['BTC-CHAIN'],
      defaultPaymentMethod: null,
      expirationMinutes: request.expirationMinutes,
      monitoringMinutes: request.monitoringMinutes,
      paymentTolerance: request.paymentTolerance,
      redirectURL: request.redirectURL,
      redirectAutomatically: request.redirectAutomatically,
      defaultLanguage: null,
    },
    receipt: { enabled: true, showQR: null, showPayments: null },
  };
}

export function paymentMethodsData(invoice: Invoice, { onlyAccounted }: { onlyAccounted: boolean }) {
  const paid = paidUnits(invoice);
  const due = invoice.request.amountUnits > paid ? invoice.request.amountUnits - paid : 0n;
  const payments = invoice.payments.filter(({ status }) => !onlyAccounted || status !== 'Invalid');
  return [
    {
      paymentMethodId: 'BTC-CHAIN',
      currency: 'BTC',
      destination: invoice.destination,
      paymentLink: `bitcoin:${invoice.destination}?amount=${btc(invoice, due)}`,
      rate,
      paymentMethodPaid: btc(invoice, paid),
      totalPaid: btc(invoice, paid),
      due: btc(invoice, due),
      amount: btc(invoice, invoice.request.amountUnits),
      paymentMethodFee: '0',
      payments: payments.map((payment) => paymentData(invoice, payment)),
      activated: true,
      additionalData: {},
    },
  ];
}

export function paymentData(invoice: Invoice, payment: Payment) {
  return {
    id: payment.id,
    receivedDate: seconds(payment.receivedAtMs),
    value: btc(invoice, payment.units),
    fee: '0',
    status: payment.status,
    destination: payment.destination,
  };
}

export function checkoutLink(invoice: Invoice, origin: string): string {
  return `${origin}/btcpay/i/${invoice.id}`;
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** Rounded up, as a wallet has to send at least the price. */
export function btc(invoice: Invoice, units: bigint): string {
  if (invoice.request.currency === 'BTC') return formatUnits(units, btcPlaces);
  const dividend = units * 10n ** BigInt(btcPlaces + 2);
  const divisor = toUnits(rate, 2) * 10n ** BigInt(invoice.request.places);
  return formatUnits((dividend + divisor - 1n) / divisor, btcPlaces);
}
