import { clip } from '#kernel/text.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import type {
  CreatePaymentRequest,
  FetchOptions,
  PaymentProvider,
  ProviderCapabilities,
} from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import { isUnreadEntry, notUnderstood, type UnreadEntry } from '../kit/list-entries.ts';
import { acceptableAddress, jsonWithNumber, neededQuote, quoteFiat } from '../kit/payment-request.ts';
import type { ProviderTools } from '../kit/provider-definition.ts';
import { unsupported, unsupportedList } from '../kit/unsupported.ts';
import { createNowpaymentsClient, type DashboardLogin, type NowpaymentsClient } from './client.ts';
import { mayBeOf, type NowPayment } from './payment.ts';
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

const descriptionMax = 250;

const common = {
  canCreate: true,
  canFetch: true,
  canList: false,
  canCancel: false,
  // Invoices cannot be listed; of one that was made twice, nobody knows the address of the first.
  canFindLostCreate: false,
  returnsOddPayments: false,
} as const;

const gaps = [
  'NOWPayments has no API for refunds: refund in its dashboard, and note it on the order.',
  'NOWPayments lists no invoices: reconciliation asks for each of ours, and finds no others.',
  'NOWPayments cannot cancel: an unwanted invoice is left to run out.',
  'A deposit in another coin is shown on the order, and not counted.',
];
const withoutLogin =
  'Without NOWPAYMENTS_EMAIL and NOWPAYMENTS_PASSWORD a payment of which every webhook is lost is not found: look into the dashboard for orders that customers say they paid.';

/** NOWPayments, by its hosted invoices. An invoice has no state: what is known of it is known by its payments. */
export function createNowpaymentsProvider(
  tools: ProviderTools,
  settings: NowpaymentsSettings & { notificationUrl: string | undefined },
): PaymentProvider {
  const { clock } = tools;
  const client = createNowpaymentsClient(tools, settings);
  const capabilities: ProviderCapabilities = {
    ...common,
    gaps: settings.login === null ? [...gaps, withoutLogin] : gaps,
  };
  return {
    name: 'nowpayments',
    capabilities,
    quote: quoteFiat,
    async createPayment(request, signal) {
      const invoice = await client.createInvoice(createBody(request, settings.notificationUrl), signal);
      return invoiceSnapshot(invoice, { observedAt: clock.now(), expiresAt: request.expiresAt });
    },
    findCreatedPayment: () => Promise.resolve(undefined),
    fetchPayment: (reference, options) => fetchInvoice({ client, clock }, { reference, ...options }),
    listPayments: () => unsupportedList('nowpayments', 'NOWPayments lists no invoices'),
    cancelPayment: async () => {
      const why = 'NOWPayments cannot cancel an invoice';
      throw unsupported('nowpayments', { operation: 'cancel_payment', why });
    },
    refunds: null,
    // It has no API for fees and settlements: what it paid out stands with each payment, or is in its dashboard.
    fees: null,
    verifyWebhook: (delivery) => verifyNowpaymentsWebhook(delivery, settings.ipnSecrets),
    async probe(signal) {
      await client.probeKey(signal);
      await client.probeLogin(signal);
    },
    checkSetUp: (_about, signal) => checkNowpaymentsSetUp(client, settings, signal),
  };
}

function createBody(request: CreatePaymentRequest, notificationUrl: string | undefined): string {
  const asked = neededQuote({ name: 'nowpayments', quote: quoteFiat }, request);
  const returnTo = acceptableAddress(request.redirectUrl);
  const rest = {
    price_currency: asked.asset.toLowerCase(),
    order_id: request.paymentId,
    order_description: clip(request.description, descriptionMax),
    ipn_callback_url: acceptableAddress(notificationUrl),
    success_url: returnTo,
    cancel_url: returnTo,
    partially_paid_url: returnTo,
    // At a floating rate what has to come changes until it comes, and no amount could be compared.
    is_fixed_rate: true,
    is_fee_paid_by_user: false,
  };
  return jsonWithNumber({ name: 'price_amount', decimal: asked.amount }, rest);
}

/** The payments that webhooks named, and with a login also those whose webhooks were all lost. */
async function fetchInvoice(
  deps: { client: NowpaymentsClient; clock: ProviderTools['clock'] },
  input: FetchOptions & { reference: string },
): Promise<PaymentSnapshot> {
  const { client, clock } = deps;
  const { reference, details = [], known, signal } = input;
  const payments = new Map<string, NowPayment>();
  for (const entry of await listQuietly(client, { reference, signal })) {
    if (!isUnreadEntry(entry)) payments.set(entry.payment_id, entry);
    // An invoice is what its payments are, taken together.
    else if (mayBeOf(entry, reference)) throw notUnderstood('nowpayments', { operation: 'find_payment', entry });
  }
  const isForeign = known === undefined && details.length === 0 && payments.size === 0;
  for (const id of isForeign ? [reference] : details) {
    const payment = await client.fetchPayment(id, signal);
    if (isForeign || isOf(payment, reference)) payments.set(id, payment);
  }
  const about = { invoiceId: reference, observedAt: clock.now(), known };
  const snapshot = paymentsSnapshot([...payments.values()], about);
  // By the key alone a payment is found whose id is known: what the login has shown is not forgotten when that is refused.
  const shown = payments.size > 0 && { details: [...payments.keys()] };
  if (snapshot !== undefined) return { ...snapshot, ...shown };
  throw unsupported('nowpayments', { operation: 'fetch_payment', why: `nothing is known of ${reference}` });
}

/** A login that is refused must not hide the payments that webhooks named; the probe reports the refusal. */
async function listQuietly(
  client: NowpaymentsClient,
  { reference, signal }: { reference: string; signal: AbortSignal | undefined },
): Promise<readonly (NowPayment | UnreadEntry)[]> {
  try {
    return (await client.listPaymentsOf(reference, signal)) ?? [];
  } catch (error) {
    if (error instanceof ProviderRejected) return [];
    throw error;
  }
}

/** A payment that names no invoice belongs to the one that a signed webhook named. */
function isOf({ invoice_id: invoice }: NowPayment, reference: string): boolean {
  return !invoice || invoice === reference;
}
