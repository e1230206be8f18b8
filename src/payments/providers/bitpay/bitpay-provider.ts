import { type Clock, day, type Milliseconds } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { AssetAmount, Money } from '#kernel/money.ts';
import { isCurrency, toDecimal } from '#kernel/money.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import type { CreatePaymentRequest, PaymentProvider, ProviderCapabilities } from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { ProviderHttp } from '../http/client.ts';
import type { HttpPolicy } from '../http/policy.ts';
import { findOrCreate } from '../kit/find-or-create.ts';
import { neededQuote } from '../kit/needed-quote.ts';
import { collectedPages, pagesMax } from '../kit/paging.ts';
import { paymentUuid } from '../kit/payment-uuid.ts';
import { firstOf } from '../kit/setting-invalid.ts';
import { acceptableAddress } from '../kit/web-address.ts';
import { type BitpayClient, createBitpayClient, probePos } from './client.ts';
import { createBitpayFigures } from './figures.ts';
import { type Invoice, toSnapshot } from './invoice.ts';
import { createBitpayRefunds } from './refunds.ts';
import { checkBitpaySetUp } from './set-up.ts';
import { readBitpayKey } from './signing.ts';
import { verifyBitpayWebhook } from './webhook.ts';

export interface BitpaySettings {
  /** The first is sent; any of them verifies webhooks, as does any merchant token. */
  posTokens: readonly string[];
  merchant?: { tokens: readonly string[]; privateKeyHex: string } | null | undefined;
  apiUrl: string;
  /** Where BitPay posts its notifications; without it there are none, and polling has to do. */
  notificationUrl?: string | undefined;
}

const pageLimit = 100;
const urlMax = 2048;
const descriptionMax = 250;

const merchantCapabilities: ProviderCapabilities = {
  canCreate: true,
  canFetch: true,
  canList: true,
  canCancel: true,
  canFindLostCreate: true,
  returnsOddPayments: true,
  gaps: [],
};
const posCapabilities: ProviderCapabilities = {
  ...merchantCapabilities,
  canList: false,
  canCancel: false,
  canFindLostCreate: false,
  gaps: [
    'Without a merchant token BitPay cannot list invoices, nor show its fees: reconciliation leaves it out.',
    'Without a merchant token BitPay cannot cancel: an unwanted invoice runs out by itself after 15 minutes.',
    'Without a merchant token BitPay cannot refund: it has to be done on its own pages.',
    'Without a merchant token a create whose answer was lost is repeated under the same guid; if BitPay makes a second invoice of it, the first runs out unpaid.',
  ],
};

/** BitPay invoices. A pos token sells; list, cancel, refund and search need the merchant facade. Throws ProviderSettingInvalid. */
export function createBitpayProvider(
  deps: { http: ProviderHttp; clock: Clock; random: Random; policy: HttpPolicy },
  settings: BitpaySettings,
): PaymentProvider {
  const { clock } = deps;
  const posToken = firstOf(settings.posTokens, 'BITPAY_POS_TOKEN');
  const client = createBitpayClient(deps.http, {
    apiUrl: settings.apiUrl,
    posToken,
    merchant: settings.merchant
      ? {
          token: firstOf(settings.merchant.tokens, 'BITPAY_MERCHANT_TOKEN'),
          key: readBitpayKey(settings.merchant.privateKeyHex),
        }
      : undefined,
  });
  const secrets = [...settings.posTokens, ...(settings.merchant?.tokens ?? [])];
  const show = (invoice: Invoice): PaymentSnapshot => toSnapshot(invoice, clock.now());
  const find = (request: CreatePaymentRequest, signal?: AbortSignal) =>
    client.findInvoiceByGuid(paymentUuid(request.paymentId), signal);

  return {
    name: 'bitpay',
    capabilities: client.merchant === undefined ? posCapabilities : merchantCapabilities,
    quote,
    async createPayment(request, signal) {
      const body = createBody(request, { posToken, notificationUrl: settings.notificationUrl });
      if (client.merchant === undefined) return show(await client.createInvoice({ body, isRepeatable: true, signal }));
      const look = () => find(request, signal);
      const act = () => client.createInvoice({ body, isRepeatable: false, signal });
      return show(await findOrCreate(deps, { look, act, signal }));
    },
    async findCreatedPayment(request, signal) {
      // Nothing can be asked with a pos token; a repeated create under the same guid is the only way on.
      const found = client.merchant === undefined ? undefined : await find(request, signal);
      return found && show(found);
    },
    fetchPayment: async (reference, options) => show(await client.fetchInvoice(reference, options?.signal)),
    async *listPayments(window, signal) {
      for await (const invoices of listInvoices(client, window, signal)) yield invoices.map(show);
    },
    cancelPayment: (reference, signal) => cancelInvoice(client, reference, signal),
    refunds: client.merchant === undefined ? null : createBitpayRefunds(client.signed, settings),
    fees: client.merchant === undefined ? null : createBitpayFigures(client.signed),
    verifyWebhook: (delivery) => verifyBitpayWebhook(delivery, secrets),
    probe: (signal) => probe(client, { now: clock.now(), signal }),
    checkSetUp: (_about, signal) =>
      checkBitpaySetUp(client, { now: clock.now(), notificationUrl: settings.notificationUrl }, signal),
  };
}

function quote({ amountMinor, currency }: Money): AssetAmount | undefined {
  if (amountMinor <= 0 || !isCurrency(currency)) return undefined;
  return { amount: toDecimal({ amountMinor, currency }), asset: currency };
}

function createBody(
  request: CreatePaymentRequest,
  settings: { posToken: string; notificationUrl: string | undefined },
): string {
  const asked = neededQuote({ name: 'bitpay', quote }, request);
  const { email, name } = request.customer;
  const buyer = { ...(email === null ? {} : { email }), ...(name === null ? {} : { name }) };
  const rest = JSON.stringify({
    token: settings.posToken,
    currency: asked.asset,
    guid: paymentUuid(request.paymentId),
    orderId: request.orderNumber,
    posData: request.paymentId,
    itemDesc: request.description.slice(0, descriptionMax),
    notificationURL: acceptableAddress(settings.notificationUrl, urlMax),
    redirectURL: acceptableAddress(request.redirectUrl, urlMax),
    extendedNotifications: true,
    fullNotifications: true,
    ...(Object.keys(buyer).length === 0 ? {} : { buyer }),
  });
  // BitPay wants a JSON number; it is written as the decimal that it is and never was a float.
  return `{"price":${asked.amount},${rest.slice(1)}`;
}

async function* listInvoices(
  client: BitpayClient,
  { from, to }: { from: Milliseconds; to: Milliseconds },
  signal?: AbortSignal,
): AsyncGenerator<Invoice[]> {
  const seen = new Set<string>();
  // The window goes by days in a time zone that is not documented: a day more on both sides, and the rest is sorted out.
  const days = { from: from - day, to: to + day };
  const pages = collectedPages({ provider: 'bitpay', pagesMax }, async (offset: number | undefined) => {
    const items = await client.listPage({ ...days, limit: pageLimit, offset: offset ?? 0 }, signal);
    return { items, next: items.length < pageLimit ? undefined : (offset ?? 0) + pageLimit };
  });
  for await (const invoices of pages) {
    const inWindow = invoices.filter(({ id, invoiceTime }) => {
      // Pages go by offset, so that an invoice made meanwhile pushes another one onto the next page.
      const isNew = !seen.has(id);
      seen.add(id);
      return isNew && (!invoiceTime || (invoiceTime >= from && invoiceTime < to));
    });
    yield inWindow;
  }
}

async function cancelInvoice(client: BitpayClient, reference: string, signal?: AbortSignal): Promise<void> {
  try {
    await client.cancelInvoice(reference, signal);
  } catch (error) {
    if (!(error instanceof ProviderRejected) || client.merchant === undefined) throw error;
    // An invoice in a state that cannot be cancelled is closed already, or has money on it.
    const { status } = await client.fetchInvoice(reference, signal);
    if (status === 'new') throw error;
  }
}

async function probe(client: BitpayClient, about: { now: Milliseconds; signal?: AbortSignal | undefined }) {
  await probePos(client, about.signal);
  if (client.merchant === undefined) return;
  await client.listPage({ from: about.now, to: about.now, limit: 1, offset: 0 }, about.signal);
}
