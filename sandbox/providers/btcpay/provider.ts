import { type CheckoutView, type ForeignInput, type ProviderRecord, VisitRefused } from '../contract.ts';
import { formatUnits } from '../decimal.ts';
import type { ProviderHost, SimulatedProvider } from '../host.ts';
import { offered, perform, type Visits } from '../visits.ts';
import { type BtcPayApiOptions, createBtcPayApi } from './api.ts';
import { claimView } from './claim-view.ts';
import { isHeard, newHook } from './hook.ts';
import { btc, checkoutLink, formatMoney, type Invoice, paidUnits } from './invoice.ts';
import { statusOf } from './pull-payment.ts';
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
      const pull = store.pulls.held.get(reference);
      const invoice = pull?.invoice ?? store.invoices.get(reference);
      if (invoice === undefined) throw new VisitRefused(`btcpay: no invoice ${reference}`);
      const visits = pull === undefined ? visitsOf(store, invoice, fraction) : store.pulls.visits(pull, fraction);
      perform(visits, { provider: 'btcpay', action, status: pull === undefined ? invoice.status : statusOf(pull) });
    },
    view(reference) {
      store.tick();
      const pull = store.pulls.held.get(reference);
      if (pull !== undefined) return claimView(store, pull, host.origin());
      const invoice = store.invoices.get(reference);
      return invoice === undefined ? undefined : viewOf(store, invoice);
    },
    findByPage(path) {
      const pullId = /^\/pull-payments\/(\w+)$/.exec(path)?.[1];
      if (pullId !== undefined) return store.pulls.held.get(pullId)?.id;
      const id = /^\/i\/(\w+)$/.exec(path)?.[1];
      return id === undefined ? undefined : store.invoices.get(id)?.id;
    },
    records: () => store.all().map((invoice) => recordOf(store, invoice, host.origin())),
    createForeign(input) {
      return recordOf(store, store.create(foreignRequest(input), { isForeign: true }), host.origin());
    },
    tick: () => store.tick(),
    nextDueAt: () => store.nextDueAt(),
  };
}

function foreignRequest(input: ForeignInput) {
  const metadata = { orderId: input.orderId, itemDesc: input.description };
  return parseInvoice({ amount: input.amount, currency: input.currency ?? 'USD', metadata });
}

/** What may happen to the invoice, and to its refunds. */
function visitsOf(store: BtcPayStore, invoice: Invoice, fraction?: string): Visits {
  const { walk_away, ...visits } = store.life.visits(invoice, fraction);
  return {
    ...visits,
    ...store.pulls.visitsOf(invoice, fraction),
    ...store.visitsOfStaff(invoice, fraction),
    ...(walk_away && { walk_away }),
  };
}

function recordOf(store: BtcPayStore, invoice: Invoice, origin: string): ProviderRecord {
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
    refunds: store.pulls.of(invoice).map((pull) => ({
      id: pull.id,
      status: statusOf(pull),
      amount: formatUnits(pull.units, pull.places),
      isByHand: pull.isByHand,
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
    actions: offered(visitsOf(store, invoice)),
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
