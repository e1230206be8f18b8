import { type CheckoutView, type ForeignInput, type ProviderRecord, VisitRefused } from '../contract.ts';
import type { ProviderHost, SimulatedProvider } from '../host.ts';
import { offered, perform } from '../visits.ts';
import { createNowPaymentsApi, type NowPaymentsApiOptions } from './api.ts';
import {
  coin,
  type Invoice,
  inCoin,
  mainPayment,
  type PaymentStatus,
  paidPrice,
  payCoin,
  price,
  rateKeptMs,
} from './invoice.ts';
import { invoiceRequest } from './requests.ts';
import { NowPaymentsShop, type NowPaymentsShopOptions } from './shop.ts';

export type NowPaymentsOptions = NowPaymentsApiOptions & NowPaymentsShopOptions;

const noPayment = 'no payment';
const statusTexts: Readonly<Record<PaymentStatus | typeof noPayment, readonly [CheckoutView['tone'], string]>> = {
  [noPayment]: ['waiting', 'Choose a coin'],
  waiting: ['waiting', 'Waiting for your payment'],
  confirming: ['busy', 'Payment seen, being confirmed'],
  confirmed: ['busy', 'Payment confirmed'],
  sending: ['busy', 'On its way to the shop'],
  finished: ['good', 'Paid'],
  partially_paid: ['bad', 'Less came than was asked for'],
  failed: ['bad', 'The payment failed'],
  refunded: ['bad', 'Refunded'],
  expired: ['bad', 'This payment has expired'],
};

export function createNowPayments(host: ProviderHost, options: NowPaymentsOptions): SimulatedProvider {
  const shop = new NowPaymentsShop(host, options);
  return {
    name: 'nowpayments',
    api: createNowPaymentsApi({ shop, now: host.now, ids: host.ids }, options),
    visit({ reference, action, fraction }) {
      shop.tick();
      const invoice = shop.invoices.get(reference);
      if (invoice === undefined) throw new VisitRefused(`nowpayments: no invoice ${reference}`);
      perform(shop.visits(invoice, fraction), { provider: 'nowpayments', action, status: statusOf(invoice) });
    },
    view(reference) {
      shop.tick();
      const invoice = shop.invoices.get(reference);
      return invoice === undefined ? undefined : viewOf(shop, invoice);
    },
    findByPage: (path, query) =>
      path === '/payment/' || path === '/payment' ? shop.invoices.get(query.get('iid') ?? '')?.id : undefined,
    records: () => shop.all().map((invoice) => recordOf(shop, invoice)),
    createForeign: (input) => recordOf(shop, shop.create(foreignRequest(input), { isForeign: true })),
    tick: () => shop.tick(),
    nextDueAt: () => shop.nextDueAt(),
  };
}

function foreignRequest(input: ForeignInput) {
  const { amount, orderId, description } = input;
  return invoiceRequest({ amount, currency: (input.currency ?? 'USD').toLowerCase(), orderId, description });
}

function statusOf(invoice: Invoice): PaymentStatus | typeof noPayment {
  return mainPayment(invoice)?.status ?? noPayment;
}

function recordOf(shop: NowPaymentsShop, invoice: Invoice): ProviderRecord {
  const { request } = invoice;
  return {
    provider: 'nowpayments',
    reference: invoice.id,
    status: statusOf(invoice),
    exception: '',
    amount: price(invoice),
    currency: request.currency,
    paid: paidPrice(invoice),
    inCoin: inCoin(invoice),
    orderId: request.orderId,
    metadata: {},
    createdAtMs: invoice.createdAtMs,
    expiresAtMs: invoice.createdAtMs + rateKeptMs,
    checkoutUrl: shop.url(invoice),
    idempotencyKey: undefined,
    createCalls: 1,
    refunds: [],
    isForeign: invoice.isForeign,
  };
}

function viewOf(shop: NowPaymentsShop, invoice: Invoice): CheckoutView {
  const { request } = invoice;
  const status = statusOf(invoice);
  const main = mainPayment(invoice);
  const [tone, statusText] = statusTexts[status];
  return {
    provider: 'nowpayments',
    reference: invoice.id,
    title: request.description ?? 'Payment',
    amount: price(invoice),
    currency: request.currency,
    status,
    statusText,
    tone,
    actions: offered(shop.visits(invoice)),
    facts: [
      [
        'To pay',
        main === undefined ? `in ${payCoin.toUpperCase()}` : `${coin(main.payUnits)} ${payCoin.toUpperCase()}`,
      ],
      ['Received', `${main === undefined ? '0' : coin(main.paidUnits)} ${payCoin.toUpperCase()}`],
      ...(request.orderId === undefined ? [] : [['Order', request.orderId] as const]),
    ],
    expiresAtMs: invoice.createdAtMs + rateKeptMs,
    isOpen: status === noPayment || status === 'waiting',
    returnUrl: tone === 'good' ? request.successUrl : (request.cancelUrl ?? request.successUrl),
  };
}
