import { currencyPlaces, formatUnits } from '../decimal.ts';
import type { RandomIds } from '../ids.ts';
import { jsonDecimal, RawNumber } from './json.ts';
import { coinTotal, coinUnits, displayCoin, exchangeRates, mapCoins } from './rates.ts';
import type { InvoiceRequest } from './requests.ts';

export type InvoiceStatus = 'new' | 'paid' | 'confirmed' | 'complete' | 'expired' | 'invalid' | 'declined';

interface Transaction {
  readonly units: bigint;
  readonly txid: string;
  readonly receivedAtMs: number;
}

export interface Invoice {
  readonly request: InvoiceRequest;
  readonly id: string;
  /** The resource token, which only belongs to this invoice. */
  readonly resourceToken: string;
  /** The API token that made it, and that signs its webhooks. */
  readonly apiToken: string;
  readonly facade: 'pos' | 'merchant';
  readonly createdAtMs: number;
  expiresAtMs: number;
  status: InvoiceStatus;
  isCancelled: boolean;
  /** When the full amount was seen. */
  paidAtMs?: number;
  confirmedAtMs?: number;
  readonly transactions: Transaction[];
  readonly isForeign: boolean;
  createCalls: number;
}

/** Every visitor of the sandbox pays in bitcoin. */
export const payCoin = 'BTC';

export interface InvoiceOrigin {
  readonly ids: RandomIds;
  readonly nowMs: number;
  readonly lifeMs: number;
  readonly apiToken: string;
  readonly facade: 'pos' | 'merchant';
  readonly isForeign: boolean;
}

export function newInvoice(request: InvoiceRequest, origin: InvoiceOrigin): Invoice {
  return {
    request,
    id: origin.ids.base58(22),
    resourceToken: origin.ids.base58(65),
    apiToken: origin.apiToken,
    facade: origin.facade,
    createdAtMs: origin.nowMs,
    expiresAtMs: origin.nowMs + (request.acceptanceWindowMs ?? origin.lifeMs),
    status: 'new',
    isCancelled: false,
    transactions: [],
    isForeign: origin.isForeign,
    createCalls: 1,
  };
}

export function addTransaction(invoice: Invoice, paid: { units: bigint; nowMs: number; ids: RandomIds }): void {
  invoice.transactions.push({ units: paid.units, txid: paid.ids.hex(32), receivedAtMs: paid.nowMs });
}

export function places(invoice: Invoice): number {
  return currencyPlaces(invoice.request.currency) ?? 2;
}

export function dueUnits(invoice: Invoice): bigint {
  return pricesOf(invoice).due;
}

export function paidUnits(invoice: Invoice): bigint {
  return invoice.transactions.reduce((sum, { units }) => sum + units, 0n);
}

/** In the invoice's currency, cut off: for the pages and tests; BitPay itself does not send it. */
export function paidInCurrency(invoice: Invoice): string {
  const total = dueUnits(invoice);
  return formatUnits((invoice.request.priceUnits * paidUnits(invoice)) / total, places(invoice));
}

export function exceptionStatus(invoice: Invoice): false | 'paidPartial' | 'paidOver' {
  const paid = paidUnits(invoice);
  if (paid > dueUnits(invoice)) return 'paidOver';
  return paid > 0n && paid < dueUnits(invoice) ? 'paidPartial' : false;
}

/** Everything the webhook shows, in BitPay's order of fields. */
function commonFields(invoice: Invoice, about: { url: string; nowMs: number }) {
  const { request } = invoice;
  return {
    id: invoice.id,
    url: about.url,
    posData: request.posData,
    status: invoice.status,
    price: jsonDecimal(formatUnits(request.priceUnits, places(invoice))),
    currency: request.currency,
    orderId: request.orderId,
    invoiceTime: invoice.createdAtMs,
    expirationTime: invoice.expiresAtMs,
    currentTime: about.nowMs,
    exceptionStatus: exceptionStatus(invoice),
    paymentSubtotals: pricesOf(invoice).subtotals,
    paymentTotals: pricesOf(invoice).totals,
    exchangeRates,
    amountPaid: paidUnits(invoice),
    transactionCurrency: invoice.transactions.length > 0 ? payCoin : undefined,
  };
}

export function webhookData(invoice: Invoice, about: { url: string; nowMs: number }) {
  return { ...commonFields(invoice, about), buyerFields: buyerFields(invoice) };
}

/** The `data` of an API answer; numbers beyond 2^53 are bigints. */
export function invoiceData(invoice: Invoice, about: { url: string; nowMs: number }) {
  const { request } = invoice;
  const surplus = paidUnits(invoice) - dueUnits(invoice);
  return {
    ...commonFields(invoice, about),
    itemDesc: request.itemDesc,
    guid: request.guid,
    lowFeeDetected: false,
    displayAmountPaid: paidUnits(invoice) === 0n ? '0' : displayCoin(paidUnits(invoice), payCoin),
    underpaidAmount:
      invoice.status !== 'new' && surplus < 0n && surplus > -dueUnits(invoice) ? coinNumber(-surplus) : undefined,
    overpaidAmount: surplus > 0n ? coinNumber(surplus) : undefined,
    targetConfirmations: 6,
    transactions: invoice.transactions.map((transaction) => transactionData(invoice, transaction)),
    transactionSpeed: request.transactionSpeed,
    buyer: request.buyer,
    redirectURL: request.redirectURL,
    autoRedirect: request.autoRedirect,
    closeURL: request.closeURL,
    refundAddresses: [],
    refundAddressRequestPending: false,
    buyerProvidedInfo:
      invoice.transactions.length > 0 ? { selectedWallet: 'other', selectedTransactionCurrency: payCoin } : {},
    paymentDisplayTotals: pricesOf(invoice).displayTotals,
    paymentDisplaySubTotals: pricesOf(invoice).displaySubtotals,
    minerFees,
    jsonPayProRequired: false,
    bitpayIdRequired: false,
    isCancelled: invoice.isCancelled,
    itemizedDetails: [],
    supportedTransactionCurrencies,
    token: invoice.resourceToken,
  };
}

const minerFees = mapCoins((_coin, name) => ({
  satoshisPerByte: name === 'BTC' ? 1 : 0,
  totalFee: name === 'BTC' ? 100 : 0,
  fiatAmount: new RawNumber(name === 'BTC' ? '0.06' : '0'),
}));
const supportedTransactionCurrencies = mapCoins(() => ({ enabled: true }));

interface Prices {
  readonly subtotals: Readonly<Record<string, bigint>>;
  readonly totals: Readonly<Record<string, bigint>>;
  readonly displaySubtotals: Readonly<Record<string, string>>;
  readonly displayTotals: Readonly<Record<string, string>>;
  /** In the coin that visitors pay in. */
  readonly due: bigint;
}

const knownPrices = new WeakMap<InvoiceRequest, Prices>();

/** The rates are fixed, so that an invoice is priced once: a list would be slow otherwise. */
function pricesOf({ request }: Invoice): Prices {
  const known = knownPrices.get(request);
  if (known !== undefined) return known;
  const price = { units: request.priceUnits, currency: request.currency };
  const prices = {
    subtotals: mapCoins((_coin, name) => coinUnits(price, name)),
    totals: mapCoins((_coin, name) => coinTotal(price, name)),
    displaySubtotals: mapCoins((_coin, name) => displayCoin(coinUnits(price, name), name)),
    displayTotals: mapCoins((_coin, name) => displayCoin(coinTotal(price, name), name)),
    due: coinTotal(price, payCoin),
  };
  knownPrices.set(request, prices);
  return prices;
}

function coinNumber(units: bigint): RawNumber {
  return new RawNumber(formatUnits(units, 8));
}

function transactionData(invoice: Invoice, transaction: Transaction) {
  return {
    amount: transaction.units,
    confirmations: confirmations(invoice.status),
    receivedTime: new Date(transaction.receivedAtMs).toISOString(),
    txid: transaction.txid,
  };
}

function confirmations(status: InvoiceStatus): number {
  if (status === 'complete') return 6;
  return status === 'confirmed' ? 1 : 0;
}

function buyerFields(invoice: Invoice): Record<string, unknown> {
  const { email, name } = invoice.request.buyer;
  return { buyerName: name, buyerEmail: email, buyerNotify: false };
}
