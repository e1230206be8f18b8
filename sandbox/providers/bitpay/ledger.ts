import { VisitRefused } from '../contract.ts';
import { currencyPlaces, formatUnits, isDecimal, takeFraction } from '../decimal.ts';
import type { ProviderHost } from '../host.ts';
import { type Invoice, payCoin, places } from './invoice.ts';
import { jsonDecimal, type RawNumber } from './json.ts';
import type { RefundRequest } from './requests.ts';

// BitPay: Ledgers. One for each currency that the merchant is credited in, here always that of the invoice. The balance is
// the sum of the entries, of which the first is what lay there before.

/** In the smallest unit of the currency; negative for what goes out. */
export interface LedgerEntry {
  readonly id: string;
  readonly code: 1000 | 1011 | 1017 | 1020 | 1023;
  readonly units: bigint;
  readonly atMs: number;
  readonly description: string;
  readonly invoice?: Invoice | undefined;
}

const types = {
  1000: ['Invoice', 'sale'],
  1011: ['Adjustment', 'Adjustment'],
  1017: ['Account Settlement', 'Account Settlement'],
  1020: ['Invoice Refund', 'Invoice Refund'],
  1023: ['Invoice Fee', 'Invoice Fee'],
} as const;
/** As in the sample, whatever the currency. */
const scale = 100_000_000n;
const scalePlaces = 8;
const entriesMax = 20_000;

export class BitPayLedgers {
  readonly #ledgers = new Map<string, LedgerEntry[]>();
  readonly #host: Pick<ProviderHost, 'now' | 'ids'>;
  /** What a ledger begins with that nobody has used yet. */
  openingBalance: string;

  constructor(host: Pick<ProviderHost, 'now' | 'ids'>, about: { openingBalance: string }) {
    this.#host = host;
    this.openingBalance = about.openingBalance;
  }

  currencies(): string[] {
    return [...this.#ledgers.keys()];
  }

  /** Oldest first; a ledger that nobody has used comes into being with its opening balance. */
  entries(currency: string): LedgerEntry[] {
    const known = this.#ledgers.get(currency);
    if (known !== undefined) return known;
    const entries: LedgerEntry[] = [];
    this.#ledgers.set(currency, entries);
    const units = unitsOf(this.openingBalance, currency);
    if (units > 0n) this.#book(currency, { code: 1011, units, description: 'Opening balance' });
    return entries;
  }

  balance(currency: string): bigint {
    return this.entries(currency).reduce((sum, { units }) => sum + units, 0n);
  }

  /** In every ledger, and in those that are still to come. */
  setBalance(balance: string): void {
    if (!isDecimal(balance)) throw new VisitRefused('bitpay: a balance is a decimal');
    this.openingBalance = balance;
    for (const currency of this.currencies()) {
      const units = unitsOf(balance, currency) - this.balance(currency);
      if (units !== 0n) this.#book(currency, { code: 1011, units, description: 'Set on the control page' });
    }
  }

  /** The sale, and 1 % of it as the fee. */
  creditSale(invoice: Invoice): void {
    const { currency, priceUnits, itemDesc } = invoice.request;
    const fee = (priceUnits + 50n) / 100n;
    this.#book(currency, { code: 1000, units: priceUnits, description: itemDesc ?? invoice.id, invoice });
    if (fee > 0n) this.#book(currency, { code: 1023, units: -fee, description: 'Invoice Fee', invoice });
  }

  debitRefund(invoice: Invoice, { amountUnits }: RefundRequest): void {
    const entry = { code: 1020, units: -amountUnits, description: 'Invoice Refund', invoice } as const;
    this.#book(invoice.request.currency, entry);
  }

  debitSettlement(settlement: { id: string; currency: string; units: bigint }): void {
    const description = `Account Settlement ${settlement.id}`;
    this.#book(settlement.currency, { code: 1017, units: -settlement.units, description });
  }

  #book(currency: string, entry: Omit<LedgerEntry, 'id' | 'atMs'>): void {
    const entries = this.entries(currency);
    entries.push({ ...entry, id: this.#host.ids.base58(22), atMs: this.#host.now() });
    if (entries.length > entriesMax) entries.splice(0, entries.length - entriesMax);
  }
}

/** What does not fit is cut off. */
function unitsOf(balance: string, currency: string): bigint {
  return takeFraction(10n ** BigInt(placesOf(currency)), balance);
}

function placesOf(currency: string): number {
  return currencyPlaces(currency) ?? 2;
}

export function moneyNumber(units: bigint, currency: string): RawNumber {
  const sign = units < 0n ? '-' : '';
  return jsonDecimal(`${sign}${formatUnits(units < 0n ? -units : units, placesOf(currency))}`);
}

export function entryData(entry: LedgerEntry, currency: string): object {
  const { invoice } = entry;
  const [type, txType] = types[entry.code];
  return {
    type,
    amount: entry.units * 10n ** BigInt(scalePlaces - placesOf(currency)),
    code: entry.code,
    description: entry.description,
    timestamp: new Date(entry.atMs).toISOString(),
    txType,
    scale,
    ...(invoice && {
      invoiceId: invoice.id,
      buyerFields: { buyerName: invoice.request.buyer['name'], buyerEmail: invoice.request.buyer['email'] },
      invoiceAmount: jsonDecimal(formatUnits(invoice.request.priceUnits, places(invoice))),
      invoiceCurrency: invoice.request.currency,
      transactionCurrency: payCoin,
    }),
    id: entry.id,
  };
}
