import { type CheckoutView, type ForeignInput, type ProviderRecord, VisitRefused } from '../contract.ts';
import type { ProviderHost, SimulatedProvider } from '../host.ts';
import { offered, perform } from '../visits.ts';
import { type BtcPayApiOptions, createBtcPayApi } from './api.ts';
import { isHeard, newHook } from './hook.ts';
import { btc, checkoutLink, formatMoney, type Invoice, paidUnits } from './invoice.ts';
import { type InvoiceStatus, parseInvoice } from './requests.ts';
import { BtcPayStore, type BtcPayStoreOptions } from './store.ts';

export type BtcPayOptions = BtcPayApiOptions & BtcPayStoreOptions;

const statusTexts: Readonly<Record<InvoiceStatus, readonly [CheckoutView['tone'], string]>> = {
  New: ['waiting', 'Waiting for your payment'],
  Processing: ['busy', 'Payment seen, waiting for confirmations'],
  Settled: ['good', 'Paid'],
  Expired: ['bad', 'This invoice has expired'],
  Invalid: ['bad', 'The payment was not confirmed'],
};

export function createBtcPay(host: ProviderHost, options: BtcPayOptions): SimulatedProvider {
  const hook = newHook(options.webhookId);
  const announce: ProviderHost['announce'] = (event) => {
    if (isHeard(hook, event.type)) host.announce(event);
  };
  const store = new BtcPayStore({ ...host, announce }, options);
  return {
    name: 'btcpay',
    api: createBtcPayApi({ store, host, hook }, options),
    visit({ reference, action, fraction }) {
      store.tick();
      const invoice = store.invoices.get(reference);
      if (invoice === undefined) throw new VisitRefused(`btcpay: no invoice ${reference}`);
      const visits = store.life.visits(invoice, fraction);
      perform(visits, { provider: 'btcpay', action, status: invoice.status });
    },
    view(reference) {
      store.tick();
      const invoice = store.invoices.get(reference);
      return invoice === undefined ? undefined : viewOf(store, invoice);
    },
    findByPage(path) {
      const id = /^\/i\/(\w+)$/.exec(path)?.[1];
      return id === undefined ? undefined : store.invoices.get(id)?.id;
    },
    records: () => store.all().map((invoice) => recordOf(invoice, host.origin())),
    createForeign(input) {
      return recordOf(store.create(foreignRequest(input), { isForeign: true }), host.origin());
    },
    tick: () => store.tick(),
  };
}

function foreignRequest(input: ForeignInput) {
  const metadata = { orderId: input.orderId, itemDesc: input.description };
  return parseInvoice({ amount: input.amount, currency: input.currency ?? 'USD', metadata });
}

function recordOf(invoice: Invoice, origin: string): ProviderRecord {
  const { request } = invoice;
  const orderId = request.metadata['orderId'];
  return {
    provider: 'btcpay',
    reference: invoice.id,
    status: invoice.status,
    exception: invoice.additionalStatus === 'None' ? '' : invoice.additionalStatus,
    amount: formatMoney(invoice, request.amountUnits),
    currency: request.currency,
    paid: formatMoney(invoice, paidUnits(invoice)),
    orderId: typeof orderId === 'string' ? orderId : undefined,
    metadata: request.metadata,
    createdAtMs: invoice.createdAtMs,
    expiresAtMs: invoice.expiresAtMs,
    checkoutUrl: checkoutLink(invoice, origin),
    idempotencyKey: undefined,
    createCalls: 1,
    refunds: invoice.pullPaymentIds.map((id) => ({
      id,
      status: 'pull payment',
      amount: formatMoney(invoice, paidUnits(invoice)),
    })),
    isForeign: invoice.isForeign,
  };
}

function viewOf(store: BtcPayStore, invoice: Invoice): CheckoutView {
  const { request, status, additionalStatus } = invoice;
  const [tone, text] = statusTexts[status];
  const title = request.metadata['itemDesc'];
  const paid = paidUnits(invoice);
  return {
    provider: 'btcpay',
    reference: invoice.id,
    title: typeof title === 'string' ? title : 'Invoice',
    amount: formatMoney(invoice, request.amountUnits),
    currency: request.currency,
    status: additionalStatus === 'None' ? status : `${status} · ${additionalStatus}`,
    statusText: status === 'New' && additionalStatus === 'PaidPartial' ? 'Partly paid: the rest is still open' : text,
    tone,
    actions: offered(store.life.visits(invoice)),
    facts: [
      ['To pay', `${btc(invoice, request.amountUnits)} BTC`],
      ['Received', `${btc(invoice, paid)} BTC`],
      ['Address', invoice.destination],
    ],
    expiresAtMs: invoice.expiresAtMs,
    isOpen: status === 'New',
    returnUrl: request.redirectURL ?? undefined,
  };
}
