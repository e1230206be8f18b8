import type { Context } from 'hono';
import { type CallEnv, hostOf, targetOf } from '../connection.ts';
import { type CheckoutView, type ForeignInput, type ProviderRecord, VisitRefused } from '../contract.ts';
import { formatUnits } from '../decimal.ts';
import { earliest } from '../earliest.ts';
import type { ProviderHost, SimulatedProvider } from '../host.ts';
import { offered, perform } from '../visits.ts';
import { type BitPayApiOptions, createBitPayApi } from './api.ts';
import {
  dueUnits,
  exceptionStatus,
  type Invoice,
  type InvoiceStatus,
  paidInCurrency,
  paidUnits,
  payCoin,
  places,
} from './invoice.ts';
import { BitPayLedgers, moneyNumber } from './ledger.ts';
import { displayCoin } from './rates.ts';
import { BitPayRefunds } from './refunds.ts';
import { parseInvoice } from './requests.ts';
import { BitPaySettlements } from './settlements.ts';
import { BitPayShop, type BitPayShopOptions } from './shop.ts';

export interface BitPayOptions extends BitPayApiOptions, BitPayShopOptions {
  readonly refundDelayMs: number;
  /** What lies in each ledger at first: a decimal string. */
  readonly ledgerBalance: string;
}

const statusTexts: Readonly<Record<InvoiceStatus, readonly [CheckoutView['tone'], string]>> = {
  new: ['waiting', 'Waiting for your payment'],
  paid: ['busy', 'Payment seen, not confirmed yet'],
  confirmed: ['good', 'Paid and confirmed'],
  complete: ['good', 'Paid and complete'],
  expired: ['bad', 'This invoice has expired'],
  invalid: ['bad', 'The payment did not confirm within the hour'],
  declined: ['bad', 'This invoice was declined'],
};

export function createBitPay(host: ProviderHost, options: BitPayOptions): SimulatedProvider {
  const { now, verifiesSignatures } = host;
  const ledgers = new BitPayLedgers(host, { openingBalance: options.ledgerBalance });
  const settlements = new BitPaySettlements(host, ledgers);
  const shop = new BitPayShop(host, ledgers, options);
  const refunds = new BitPayRefunds(host, { shop, ledgers, delayMs: options.refundDelayMs });
  const tick = () => {
    shop.tick();
    refunds.tick();
    settlements.tick();
  };
  return {
    name: 'bitpay',
    api: createBitPayApi({ shop, refunds, ledgers, settlements, tick, now, verifiesSignatures, urlOf }, options),
    visit({ reference, action, fraction }) {
      tick();
      const invoice = shop.invoices.get(reference);
      if (invoice === undefined) throw new VisitRefused(`bitpay: no invoice ${reference}`);
      if (action !== 'complete_refund' && action !== 'fail_refund') {
        const visits = { ...shop.visits(invoice, fraction), ...refunds.visits(invoice, fraction) };
        perform(visits, { provider: 'bitpay', action, status: invoice.status });
        return;
      }
      const refund = refunds.openOf(invoice);
      if (refund === undefined) throw new VisitRefused(`bitpay: ${reference} has no open refund`);
      refunds.finish(refund, { isGood: action === 'complete_refund' });
    },
    view(reference) {
      tick();
      const invoice = shop.invoices.get(reference);
      return invoice === undefined ? undefined : viewOf(invoice, { shop, refunds });
    },
    findByPage: (path, query) => (path === '/invoice' ? shop.invoices.get(query.get('id') ?? '')?.id : undefined),
    records: () => shop.all().map((invoice) => recordOf(invoice, { shop, refunds })),
    createForeign: (input) => recordOf(shop.createForeign(foreignRequest(input)), { shop, refunds }),
    tick,
    nextDueAt: () => earliest([shop.nextDueAt(), refunds.nextDueAt(), settlements.nextDueAt()]),
    dials: [
      {
        name: 'ledgerBalance',
        title: 'Ledger balance',
        hint: 'a refund above it is refused',
        get: () => balanceText(ledgers),
        set: (balance) => ledgers.setBalance(balance),
      },
    ],
  };
}

/** That of the first ledger, since most shops have one; or what it will begin with. */
function balanceText(ledgers: BitPayLedgers): string {
  const [currency] = ledgers.currencies();
  return currency === undefined ? ledgers.openingBalance : moneyNumber(ledgers.balance(currency), currency).text;
}

/** The signed text is the URL as it was written, so it is taken from the request line and not put together anew. */
function urlOf(context: Context<CallEnv>): string {
  return `${new URL(context.req.url).protocol}//${hostOf(context)}${targetOf(context)}`;
}

function foreignRequest(input: ForeignInput) {
  return parseInvoice({
    price: Number(input.amount),
    currency: input.currency ?? 'USD',
    orderId: input.orderId,
    itemDesc: input.description,
    extendedNotifications: true,
  });
}

interface Books {
  readonly shop: BitPayShop;
  readonly refunds: BitPayRefunds;
}

function recordOf(invoice: Invoice, { shop, refunds }: Books): ProviderRecord {
  const { request } = invoice;
  return {
    provider: 'bitpay',
    reference: invoice.id,
    status: invoice.status,
    exception: exceptionStatus(invoice) || '',
    amount: formatUnits(request.priceUnits, places(invoice)),
    currency: request.currency,
    paid: paidInCurrency(invoice),
    orderId: request.orderId,
    metadata: { posData: request.posData },
    createdAtMs: invoice.createdAtMs,
    expiresAtMs: invoice.expiresAtMs,
    checkoutUrl: shop.url(invoice),
    idempotencyKey: request.guid,
    createCalls: invoice.createCalls,
    refunds: refunds.of(invoice).map((refund) => ({
      id: refund.id,
      status: refund.status,
      amount: formatUnits(refund.request.amountUnits, places(invoice)),
      isByHand: refund.isByHand,
    })),
    isForeign: invoice.isForeign,
  };
}

function viewOf(invoice: Invoice, { shop, refunds }: Books): CheckoutView {
  const { request, status } = invoice;
  const [tone, text] = statusTexts[status];
  const exception = exceptionStatus(invoice);
  const due = dueUnits(invoice);
  const paid = paidUnits(invoice);
  return {
    provider: 'bitpay',
    reference: invoice.id,
    title: request.itemDesc ?? 'Invoice',
    amount: formatUnits(request.priceUnits, places(invoice)),
    currency: request.currency,
    status: exception === false ? status : `${status} · ${exception}`,
    statusText: status === 'new' && exception === 'paidPartial' ? 'Partly paid: the rest is still open' : text,
    tone,
    actions: [
      ...offered(shop.visits(invoice)).filter((action) => action !== 'walk_away'),
      ...(refunds.openOf(invoice) === undefined ? [] : (['complete_refund', 'fail_refund'] as const)),
      ...offered(refunds.visits(invoice)),
      'walk_away',
    ],
    facts: [
      ['To pay', `${displayCoin(due, payCoin)} ${payCoin}`],
      ['Received', `${paid === 0n ? '0' : displayCoin(paid, payCoin)} ${payCoin}`],
      ...(request.orderId === undefined ? [] : [['Order', request.orderId] as const]),
    ],
    expiresAtMs: invoice.expiresAtMs,
    isOpen: status === 'new',
    returnUrl: tone === 'good' || tone === 'busy' ? request.redirectURL : (request.closeURL ?? request.redirectURL),
  };
}
