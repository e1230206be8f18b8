import { type Clock, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { AssetAmount, Money } from '#kernel/money.ts';
import { isCurrency, toDecimal } from '#kernel/money.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import type { CreatePaymentRequest, PaymentProvider } from '../../ports/payment-provider.ts';
import type { ProviderHttp } from '../http/client.ts';
import type { HttpPolicy } from '../http/policy.ts';
import { findOrCreate } from '../kit/find-or-create.ts';
import { neededQuote } from '../kit/needed-quote.ts';
import { collectedPages, pagesMax } from '../kit/paging.ts';
import { acceptableAddress } from '../kit/web-address.ts';
import { createAccountClient } from './account-client.ts';
import { type BtcpayClient, createBtcpayClient } from './client.ts';
import { type Invoice, mayHavePayments } from './invoice.ts';
import { toSnapshot } from './invoice-snapshot.ts';
import { createPullPaymentClient } from './pull-payment-client.ts';
import { createBtcpayRefunds } from './refunds.ts';
import { checkBtcpaySetUp } from './set-up.ts';
import { verifyBtcpayWebhook } from './webhook.ts';

export interface BtcpaySettings {
  /** Everything before `/api/v1`, without a slash at the end. */
  url: string;
  apiKey: string;
  storeId: string;
  /** Any of them verifies, so that the secret can be rotated. */
  webhookSecrets: readonly string[];
}

const pageTake = 100;
const urlMax = 2048;

/** A store of a self-hosted BTCPay Server. Refunds are links that the buyer claims, and there is no idempotency key. */
export function createBtcpayProvider(
  deps: { http: ProviderHttp; clock: Clock; random: Random; policy: HttpPolicy },
  settings: BtcpaySettings,
): PaymentProvider {
  const { clock } = deps;
  const client = createBtcpayClient(deps.http, settings);
  const account = createAccountClient(deps.http, settings);
  const withMethods = async (invoice: Invoice, signal?: AbortSignal): Promise<PaymentSnapshot> => {
    const methods = mayHavePayments(invoice) ? await client.fetchPaymentMethods(invoice.id, signal) : [];
    return toSnapshot(invoice, { observedAt: clock.now(), methods });
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
    quote,
    async createPayment(request, signal) {
      const look = () => findInvoice(client, request, signal);
      const act = () => client.createInvoice(createBody(request, clock.now()), signal);
      return withMethods(await findOrCreate(deps, { look, act, signal }), signal);
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
      for await (const invoices of listInvoices(client, window, signal)) {
        yield invoices.map((invoice) => toSnapshot(invoice, about));
      }
    },
    cancelPayment: (reference, signal) => cancelInvoice(deps, { client, reference, signal }),
    refunds: createBtcpayRefunds(client, createPullPaymentClient(deps.http, settings)),
    // There are no settlements: the money goes straight into the shop's own wallet, and nobody keeps a fee of it.
    fees: null,
    verifyWebhook: (delivery) => verifyBtcpayWebhook(delivery, settings),
    async probe(signal) {
      await client.listInvoices({ skip: 0, take: 1 }, signal);
    },
    checkSetUp: (about, signal) =>
      checkBtcpaySetUp({ invoices: client, account }, { ...about, storeId: settings.storeId }, signal),
  };
}

function quote({ amountMinor, currency }: Money): AssetAmount | undefined {
  // Whether a store has a rate for a coin as price currency depends on its settings; fiat it always has.
  if (amountMinor <= 0 || currency === 'USDC' || !isCurrency(currency)) return undefined;
  return { amount: toDecimal({ amountMinor, currency }), asset: currency };
}

function createBody(request: CreatePaymentRequest, now: Milliseconds): string {
  const asked = neededQuote({ name: 'btcpay', quote }, request);
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
      redirectURL: acceptableAddress(request.redirectUrl, urlMax),
    },
  });
}

/** The oldest invoice of this payment: should there ever be two, everybody means the same one. */
async function findInvoice(client: BtcpayClient, request: CreatePaymentRequest, signal?: AbortSignal) {
  const invoices = await client.listInvoices({ orderId: request.paymentId, skip: 0, take: pageTake }, signal);
  return invoices
    .filter(({ metadata }) => metadata?.['orderId'] === request.paymentId)
    .sort((left, right) => (left.createdTime ?? 0) - (right.createdTime ?? 0))[0];
}

async function* listInvoices(
  client: BtcpayClient,
  { from, to }: { from: Milliseconds; to: Milliseconds },
  signal?: AbortSignal,
): AsyncGenerator<Invoice[]> {
  const seen = new Set<string>();
  // Creation times are whole seconds: an invoice made within the first second of the window reads as made before it.
  const firstSecond = Math.floor(from / second) * second;
  // Both ends are fixed while paging, and the end lies in the past as soon as it can: new invoices would shift the pages.
  const pages = collectedPages({ provider: 'btcpay', pagesMax }, async (skip: number | undefined) => {
    const items = await client.listInvoices({ created: { from, to }, skip: skip ?? 0, take: pageTake }, signal);
    return { items, next: items.length < pageTake ? undefined : (skip ?? 0) + pageTake };
  });
  for await (const invoices of pages) {
    const inWindow = invoices.filter(({ id, createdTime }) => {
      const isNew = !seen.has(id);
      seen.add(id);
      return isNew && (!createdTime || (createdTime >= firstSecond && createdTime < to));
    });
    yield inWindow;
  }
}

/**
 * The server would mark a settled invoice invalid as readily as an unpaid one: each attempt looks first, and an invoice
 * that has money on it or is closed is left as it is.
 */
async function cancelInvoice(
  deps: { clock: Clock; random: Random; policy: HttpPolicy },
  input: { client: BtcpayClient; reference: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const { client, reference, signal } = input;
  await findOrCreate(deps, {
    signal,
    async look() {
      const invoice = await client.fetchInvoice(reference, signal);
      return invoice.status === 'New' && !mayHavePayments(invoice) ? undefined : ('closed' as const);
    },
    async act() {
      await client.markInvalid(reference, signal);
      return 'closed' as const;
    },
  });
}
