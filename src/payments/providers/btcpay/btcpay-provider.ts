import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import type { CreatePaymentRequest, PaymentProvider } from '../../ports/payment-provider.ts';
import { findOrCreate } from '../kit/find-or-create.ts';
import { isUnreadEntry, listed, notUnderstood, type UnreadEntry, understood } from '../kit/list-entries.ts';
import { offsetPages } from '../kit/paging.ts';
import { acceptableAddress, neededQuote, quoteFiat } from '../kit/payment-request.ts';
import type { ProviderTools } from '../kit/provider-definition.ts';
import { type BtcpayClient, createBtcpayCall, createBtcpayClient } from './client.ts';
import { type Invoice, mayHavePayments } from './invoice.ts';
import { createPullPaymentClient } from './pull-payments.ts';
import { createBtcpayRefunds } from './refunds.ts';
import { checkBtcpaySetUp } from './set-up.ts';
import { toSnapshot } from './snapshot.ts';
import { verifyBtcpayWebhook } from './webhook.ts';

export interface BtcpaySettings {
  /** Everything before `/api/v1`, without a slash at the end. */
  url: string;
  apiKey: string;
  storeId: string;
  /** Any of them verifies, so that the secret can be rotated. */
  webhookSecrets: readonly string[];
}

const pageSize = 100;

/** A store of a self-hosted BTCPay Server. Refunds are links that the buyer claims, and there is no idempotency key. */
export function createBtcpayProvider(tools: ProviderTools, settings: BtcpaySettings): PaymentProvider {
  const { clock } = tools;
  const call = createBtcpayCall(tools.http, settings);
  const client = createBtcpayClient(call, settings);
  const withMethods = async (invoice: Invoice, signal?: AbortSignal): Promise<PaymentSnapshot> => {
    const methods = mayHavePayments(invoice) ? await client.fetchPaymentMethods(invoice.id, signal) : [];
    const unread = methods.find(isUnreadEntry);
    // Without `paidAmount` what came is read from the methods alone.
    if (unread !== undefined && !invoice.paidAmount) {
      throw notUnderstood('btcpay', { operation: 'fetch_payment_methods', entry: unread });
    }
    return toSnapshot(invoice, { observedAt: clock.now(), methods: understood(methods) });
  };

  return {
    name: 'btcpay',
    capabilities: {
      canCreate: true,
      canFetch: true,
      canList: true,
      canCancel: true,
      canFindLostCreate: true,
      returnsOddPayments: false,
      gaps: [
        'BTCPay sends no refund by itself: the buyer claims it at a link, and the claim is approved and paid in BTCPay.',
      ],
    },
    // Whether a store has a rate for a coin as price currency depends on its settings; fiat it always has.
    quote: quoteFiat,
    async createPayment(request, signal) {
      const created = await findOrCreate(tools, {
        find: () => findInvoice(client, request, signal),
        act: () => client.createInvoice(createBody(request, clock.now()), signal),
        signal,
      });
      return withMethods(created, signal);
    },
    async findCreatedPayment(request, signal) {
      const found = await findInvoice(client, request, signal);
      return found && withMethods(found, signal);
    },
    async fetchPayment(reference, options) {
      return withMethods(await client.fetchInvoice(reference, options?.signal), options?.signal);
    },
    async *listPayments(window, signal) {
      const about = { observedAt: clock.now(), methods: [] };
      for await (const entries of listInvoices(client, window, signal)) {
        yield listed('btcpay', { entries, show: (invoice) => toSnapshot(invoice, about) });
      }
    },
    cancelPayment: (reference, signal) => cancelInvoice(tools, { client, reference, signal }),
    refunds: createBtcpayRefunds(client, createPullPaymentClient(call, settings)),
    // There are no settlements: the money goes straight into the shop's own wallet, and nobody keeps a fee of it.
    fees: null,
    verifyWebhook: (delivery) => verifyBtcpayWebhook(delivery, settings),
    async probe(signal) {
      await client.listInvoices({ skip: 0, take: 1 }, signal);
    },
    checkSetUp: (about, signal) =>
      checkBtcpaySetUp({ invoices: client, call }, { ...about, storeId: settings.storeId }, signal),
  };
}

function createBody(request: CreatePaymentRequest, now: Milliseconds): string {
  const asked = neededQuote({ name: 'btcpay', quote: quoteFiat }, request);
  const { email, name } = request.customer;
  return JSON.stringify({
    amount: asked.amount,
    currency: asked.asset,
    metadata: {
      // The server indexes orderId and finds invoices by it, so it carries the id that must be unique.
      orderId: request.paymentId,
      orderNumber: request.orderNumber,
      itemDesc: request.description,
      ...(email === null ? {} : { buyerEmail: email }),
      ...(name === null ? {} : { buyerName: name }),
    },
    checkout: {
      expirationMinutes: Math.max(1, Math.round((request.expiresAt - now) / minute)),
      // Amounts compare exactly: the store's own tolerance would settle a short payment.
      paymentTolerance: 0,
      redirectURL: acceptableAddress(request.redirectUrl),
    },
  });
}

/**
 * The oldest invoice of this payment: should there ever be two, everybody means the same one. One that is not understood
 * may be it, and then no second one is made.
 */
async function findInvoice(client: BtcpayClient, request: CreatePaymentRequest, signal?: AbortSignal) {
  const entries = await client.listInvoices({ orderId: request.paymentId, skip: 0, take: pageSize }, signal);
  const [oldest] = understood(entries)
    .filter(({ metadata }) => metadata?.['orderId'] === request.paymentId)
    .sort((left, right) => (left.createdTime ?? 0) - (right.createdTime ?? 0));
  const unread = entries.find(isUnreadEntry);
  if (oldest !== undefined || unread === undefined) return oldest;
  throw notUnderstood('btcpay', { operation: 'find_payment', entry: unread });
}

async function* listInvoices(
  client: BtcpayClient,
  { from, to }: { from: Milliseconds; to: Milliseconds },
  signal?: AbortSignal,
): AsyncGenerator<(Invoice | UnreadEntry)[]> {
  // Creation times are whole seconds: an invoice made within the first second of the window reads as made before it.
  const firstSecond = Math.floor(from / second) * second;
  // Both ends are fixed while paging, and the end lies in the past as soon as it can: new invoices would shift the pages.
  const pages = offsetPages({ provider: 'btcpay', pageSize }, (skip) =>
    client.listInvoices({ created: { from, to }, skip, take: pageSize }, signal),
  );
  for await (const entries of pages) {
    yield entries.filter((entry) => {
      const madeAt = isUnreadEntry(entry) ? entry.createdAt : entry.createdTime;
      return !madeAt || (madeAt >= firstSecond && madeAt < to);
    });
  }
}

/**
 * The server would mark a settled invoice invalid as readily as an unpaid one: each attempt fetches the invoice first, and one
 * that has money on it or is closed is left as it is.
 */
async function cancelInvoice(
  tools: ProviderTools,
  input: { client: BtcpayClient; reference: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const { client, reference, signal } = input;
  await findOrCreate(tools, {
    signal,
    async find() {
      const invoice = await client.fetchInvoice(reference, signal);
      return invoice.status === 'New' && !mayHavePayments(invoice) ? undefined : ('closed' as const);
    },
    async act() {
      await client.markInvalid(reference, signal);
      return 'closed' as const;
    },
  });
}
