import type { Clock } from '#kernel/clock.ts';
import type { AssetAmount, Money } from '#kernel/money.ts';
import { isCurrency, toDecimal } from '#kernel/money.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import type {
  CreatePaymentRequest,
  FetchOptions,
  PaymentProvider,
  ProviderCapabilities,
} from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { ProviderHttp } from '../http/client.ts';
import { neededQuote } from '../kit/needed-quote.ts';
import { acceptableAddress } from '../kit/web-address.ts';
import { createNowpaymentsClient, type DashboardLogin, type NowpaymentsClient } from './client.ts';
import type { NowPayment } from './payment.ts';
import { checkNowpaymentsSetUp } from './set-up.ts';
import { invoiceSnapshot, paymentsSnapshot } from './snapshot.ts';
import { verifyNowpaymentsWebhook } from './webhook.ts';

export interface NowpaymentsSettings {
  apiKey: string;
  /** Any of them verifies, so that the secret can be rotated. */
  ipnSecrets: readonly string[];
  apiUrl: string;
  /** The dashboard's own login; without it an invoice's payments are known by webhooks only. */
  login: DashboardLogin | null;
}

const noList = 'NOWPayments lists no invoices';
const urlMax = 2048;
const descriptionMax = 250;

const common = {
  canCreate: true,
  canFetch: true,
  canList: false,
  canCancel: false,
  // Nothing tells which invoices were made; one that was made twice has one address that nobody knows.
  canFindLostCreate: false,
  returnsOddPayments: false,
} as const;

const gaps = [
  'NOWPayments cannot be asked for refunds: give money back in its dashboard, and note it on the order.',
  'NOWPayments lists no invoices: reconciliation leaves it out, and goes payment by payment.',
  'NOWPayments cannot cancel: an unwanted invoice is left to run out.',
  'A deposit in another coin is shown on the order, and not counted.',
];
const withoutLogin =
  'Without NOWPAYMENTS_EMAIL and NOWPAYMENTS_PASSWORD a payment of which every webhook is lost is not found: look into the dashboard for orders that customers say they paid.';

/** NOWPayments, by its hosted invoices. An invoice has no state: what is known of it is known by its payments. */
export function createNowpaymentsProvider(
  deps: { http: ProviderHttp; clock: Clock },
  settings: NowpaymentsSettings & { notificationUrl: string | undefined },
): PaymentProvider {
  const { clock } = deps;
  const client = createNowpaymentsClient(deps, settings);
  const capabilities: ProviderCapabilities = {
    ...common,
    gaps: settings.login === null ? [...gaps, withoutLogin] : gaps,
  };
  return {
    name: 'nowpayments',
    capabilities,
    quote,
    async createPayment(request, signal) {
      const invoice = await client.createInvoice(createBody(request, settings.notificationUrl), signal);
      return invoiceSnapshot(invoice, { observedAt: clock.now(), expiresAt: request.expiresAt });
    },
    findCreatedPayment: () => Promise.resolve(undefined),
    fetchPayment: (reference, options) => fetchInvoice({ client, clock }, { reference, ...options }),
    listPayments: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => refuse('list_payments', noList) }) }),
    cancelPayment: async () => refuse('cancel_payment', 'NOWPayments cannot cancel an invoice'),
    refunds: null,
    // It keeps no books that can be asked: what it passed on stands with each payment, or is in its dashboard.
    fees: null,
    verifyWebhook: (delivery) => verifyNowpaymentsWebhook(delivery, settings.ipnSecrets),
    async probe(signal) {
      await client.probeKey(signal);
      await client.probeLogin(signal);
    },
    checkSetUp: (_about, signal) => checkNowpaymentsSetUp(client, settings, signal),
  };
}

function quote({ amountMinor, currency }: Money): AssetAmount | undefined {
  if (amountMinor <= 0 || currency === 'USDC' || !isCurrency(currency)) return undefined;
  return { amount: toDecimal({ amountMinor, currency }), asset: currency };
}

function createBody(request: CreatePaymentRequest, notificationUrl: string | undefined): string {
  const asked = neededQuote({ name: 'nowpayments', quote }, request);
  const returnTo = acceptableAddress(request.redirectUrl, urlMax);
  const rest = JSON.stringify({
    price_currency: asked.asset.toLowerCase(),
    order_id: request.paymentId,
    order_description: request.description.slice(0, descriptionMax),
    ipn_callback_url: acceptableAddress(notificationUrl, urlMax),
    success_url: returnTo,
    cancel_url: returnTo,
    partially_paid_url: returnTo,
    // At a floating rate what has to come changes until it comes, and no amount could be compared.
    is_fixed_rate: true,
    is_fee_paid_by_user: false,
  });
  // NOWPayments wants a JSON number; it is written as the decimal that it is and never was a float.
  return `{"price_amount":${asked.amount},${rest.slice(1)}`;
}

/** The payments that webhooks have told of, and with a login also those that none has. */
async function fetchInvoice(
  deps: { client: NowpaymentsClient; clock: Clock },
  input: FetchOptions & { reference: string },
): Promise<PaymentSnapshot> {
  const { client, clock } = deps;
  const { reference, details = [], known, signal } = input;
  const payments = new Map<string, NowPayment>();
  for (const payment of await listQuietly(client, { reference, signal })) {
    payments.set(payment.payment_id, payment);
  }
  const isStranger = known === undefined && details.length === 0 && payments.size === 0;
  for (const id of isStranger ? [reference] : details) {
    const payment = await client.fetchPayment(id, signal);
    if (isStranger || isOf(payment, reference)) payments.set(id, payment);
  }
  const about = { invoiceId: reference, observedAt: clock.now(), known };
  const snapshot = paymentsSnapshot([...payments.values()], about);
  return snapshot ?? refuse('fetch_payment', `nothing is known of ${reference}`);
}

/** A login that is refused must not hide what webhooks have told of; the probe says that it is. */
async function listQuietly(
  client: NowpaymentsClient,
  { reference, signal }: { reference: string; signal: AbortSignal | undefined },
): Promise<readonly NowPayment[]> {
  try {
    return (await client.listPaymentsOf(reference, signal)) ?? [];
  } catch (error) {
    if (error instanceof ProviderRejected) return [];
    throw error;
  }
}

/** An answer that names no invoice is taken for what a signed webhook said of it. */
function isOf({ invoice_id: invoice }: NowPayment, reference: string): boolean {
  return !invoice || invoice === reference;
}

function refuse(operation: string, words: string): never {
  const message = `${operation}: ${words}`;
  throw new ProviderRejected({ provider: 'nowpayments', operation, code: null, httpStatus: null, message });
}
