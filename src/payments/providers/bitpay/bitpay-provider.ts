import { z } from 'zod';
import { day, type Milliseconds } from '#kernel/clock.ts';
import { type AssetAmount, isCurrency, type Money, toDecimal } from '#kernel/money.ts';
import { clip } from '#kernel/text.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import type { CreatePaymentRequest, PaymentProvider, ProviderCapabilities } from '../../ports/payment-provider.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import { findOrCreate } from '../kit/find-or-create.ts';
import { isUnreadEntry, listed, type UnreadEntry } from '../kit/list-entries.ts';
import { offsetPages } from '../kit/paging.ts';
import { acceptableAddress, jsonWithNumber, neededQuote } from '../kit/payment-request.ts';
import { paymentUuid } from '../kit/payment-uuid.ts';
import type { ProviderTools } from '../kit/provider-definition.ts';
import { firstOf } from '../kit/settings.ts';
import { type BitpayClient, createBitpayClient } from './client.ts';
import { hasMoney, type Invoice, toSnapshot } from './invoice.ts';
import { listFees } from './ledger.ts';
import { createBitpayRefunds } from './refunds.ts';
import { checkBitpaySetUp } from './set-up.ts';
import { listSettlements } from './settlements.ts';
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

const pageSize = 100;
const descriptionMax = 250;

const merchantCapabilities: ProviderCapabilities = {
  canCreate: true,
  canFetch: true,
  canList: true,
  canCancel: true,
  canFindLostCreate: true,
  returnsOddPayments: true,
  listsWholeDays: true,
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

/**
 * BitPay invoices. A pos token creates and fetches; list, cancel, refund and search need the merchant facade. Throws
 * ProviderSettingInvalid.
 */
export function createBitpayProvider(tools: ProviderTools, settings: BitpaySettings): PaymentProvider {
  const { clock } = tools;
  const posToken = firstOf(settings.posTokens, 'BITPAY_POS_TOKEN');
  const client = createBitpayClient(tools.http, {
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
    capabilities: client.hasMerchant ? merchantCapabilities : posCapabilities,
    quote,
    async createPayment(request, signal) {
      const body = createBody(request, { posToken, notificationUrl: settings.notificationUrl });
      if (!client.hasMerchant) return show(await client.createInvoice({ body, isRepeatable: true, signal }));
      return show(
        await findOrCreate(tools, {
          find: () => find(request, signal),
          act: () => client.createInvoice({ body, isRepeatable: false, signal }),
          signal,
        }),
      );
    },
    async findCreatedPayment(request, signal) {
      // A pos token cannot search; all that is left is to repeat the create under the same guid.
      const found = client.hasMerchant ? await find(request, signal) : undefined;
      return found && show(found);
    },
    fetchPayment: async (reference, options) => show(await client.fetchInvoice(reference, options?.signal)),
    async *listPayments(window, signal) {
      for await (const entries of listInvoices(client, window, signal)) yield listed('bitpay', { entries, show });
    },
    cancelPayment: (reference, signal) => cancelInvoice(client, reference, signal),
    refunds: client.hasMerchant ? createBitpayRefunds(client, settings) : null,
    fees: client.hasMerchant
      ? {
          listFees: (window, signal) => listFees(client, window, signal),
          listSettlements: (window, signal) => listSettlements(client, window, signal),
        }
      : null,
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
  // [unsure] what BitPay makes of an address that few validators know: the buyer types it on BitPay's page then.
  const isPlain = z.email().safeParse(email).success;
  const buyer = { ...(isPlain ? { email } : {}), ...(name === null ? {} : { name }) };
  const rest = {
    token: settings.posToken,
    currency: asked.asset,
    guid: paymentUuid(request.paymentId),
    orderId: request.orderNumber,
    posData: request.paymentId,
    itemDesc: clip(request.description, descriptionMax),
    notificationURL: acceptableAddress(settings.notificationUrl),
    redirectURL: acceptableAddress(request.redirectUrl),
    extendedNotifications: true,
    fullNotifications: true,
    ...(Object.keys(buyer).length === 0 ? {} : { buyer }),
  };
  return jsonWithNumber({ name: 'price', decimal: asked.amount }, rest);
}

async function* listInvoices(
  client: BitpayClient,
  { from, to }: { from: Milliseconds; to: Milliseconds },
  signal?: AbortSignal,
): AsyncGenerator<(Invoice | UnreadEntry)[]> {
  // The window goes by days in a time zone that is not documented: a day more on both sides, and the rest is sorted out.
  const days = { from: from - day, to: to + day };
  const pages = offsetPages({ provider: 'bitpay', pageSize }, (offset) =>
    client.listPage({ ...days, limit: pageSize, offset }, signal),
  );
  for await (const entries of pages) {
    yield entries.filter((entry) => {
      const madeAt = isUnreadEntry(entry) ? entry.createdAt : entry.invoiceTime;
      return !madeAt || (madeAt >= from && madeAt < to);
    });
  }
}

async function cancelInvoice(client: BitpayClient, reference: string, signal?: AbortSignal): Promise<void> {
  try {
    await client.cancelInvoice(reference, signal);
  } catch (error) {
    if (!(error instanceof ProviderRejected) || !client.hasMerchant) throw error;
    // An invoice in a state that cannot be cancelled is closed already, or has money on it: after a part of it, it is still called new.
    const invoice = await client.fetchInvoice(reference, signal);
    if (invoice.status === 'new' && !hasMoney(invoice)) throw error;
  }
}

async function probe(client: BitpayClient, about: { now: Milliseconds; signal?: AbortSignal | undefined }) {
  await client.probePos(about.signal);
  if (!client.hasMerchant) return;
  await client.listPage({ from: about.now, to: about.now, limit: 1, offset: 0 }, about.signal);
}
