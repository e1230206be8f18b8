import type { ProviderHost } from '../host.ts';
import { plainError } from './errors.ts';
import { type BitPayLedgers, type LedgerEntry, moneyNumber } from './ledger.ts';

// BitPay: Settlements. At the end of each day (UTC) what the day brought is paid out: sales less fees and refunds. What lay
// in the ledger before stays there, so that refunds go on working in a sandbox whose clock is moved by weeks.

export interface Settlement {
  readonly id: string;
  readonly token: string;
  readonly currency: string;
  readonly units: bigint;
  readonly createdAtMs: number;
  readonly openingMs: number;
  readonly closingMs: number;
  readonly entries: readonly LedgerEntry[];
}

const dayMs = 24 * 60 * 60 * 1000;
/** From the making to the arrival at the bank. */
const executionMs = 3 * 60 * 60 * 1000;
const paidOutCodes: readonly number[] = [1000, 1020, 1023];
const settlementsMax = 2_000;

export class BitPaySettlements {
  readonly #ledgers: BitPayLedgers;
  readonly #host: Pick<ProviderHost, 'now' | 'ids'>;
  #settlements: Settlement[] = [];
  #openingMs: number;

  constructor(host: Pick<ProviderHost, 'now' | 'ids'>, ledgers: BitPayLedgers) {
    this.#host = host;
    this.#ledgers = ledgers;
    this.#openingMs = Math.floor(host.now() / dayMs) * dayMs;
  }

  /** Newest first. */
  all(): Settlement[] {
    return [...this.#settlements].reverse();
  }

  get(id: string): Settlement {
    const settlement = this.#settlements.find((known) => known.id === id);
    if (settlement === undefined) throw plainError(404, 'Object not found');
    return settlement;
  }

  tick(): void {
    const closingMs = Math.floor(this.#host.now() / dayMs) * dayMs;
    if (closingMs <= this.#openingMs) return;
    for (const currency of this.#ledgers.currencies()) this.#settle(currency, closingMs);
    this.#openingMs = closingMs;
  }

  /** The end of the day, whether or not there will be something to pay out. */
  nextDueAt(): number {
    return this.#openingMs + dayMs;
  }

  data(settlement: Settlement): object {
    const { currency, createdAtMs } = settlement;
    const executedMs = createdAtMs + executionMs;
    return {
      id: settlement.id,
      accountId: 'YJCgTf3jrXHkUVzLQ7y4eg',
      status: this.#host.now() >= executedMs ? 'completed' : 'processing',
      currency,
      payoutInfo: { label: 'Sandbox account', name: 'Sandbox', bank: 'Sandbox' },
      dateCreated: new Date(createdAtMs).toISOString(),
      dateExecuted: new Date(executedMs).toISOString(),
      openingDate: new Date(settlement.openingMs).toISOString(),
      closingDate: new Date(settlement.closingMs).toISOString(),
      openingBalance: moneyNumber(0n, currency),
      ledgerEntriesSum: moneyNumber(settlement.units, currency),
      withholdings: [],
      withholdingsSum: moneyNumber(0n, currency),
      totalAmount: moneyNumber(settlement.units, currency),
      token: settlement.token,
    };
  }

  /** The reconciliation report: the same, with the lines that it is the sum of. */
  report(settlement: Settlement): object {
    const { currency } = settlement;
    return {
      ...this.data(settlement),
      ledgerEntries: settlement.entries.map(({ code, description, atMs, units, invoice }) => ({
        code,
        description,
        timestamp: new Date(atMs).toISOString(),
        amount: moneyNumber(units, currency),
        invoiceId: invoice?.id,
      })),
    };
  }

  #settle(currency: string, closingMs: number): void {
    const openingMs = this.#openingMs;
    const entries = this.#ledgers
      .entries(currency)
      .filter(({ code, atMs }) => paidOutCodes.includes(code) && atMs >= openingMs && atMs < closingMs);
    const units = entries.reduce((sum, entry) => sum + entry.units, 0n);
    if (units <= 0n) return;
    const made = { id: this.#host.ids.base58(22), currency, units };
    const token = this.#host.ids.base58(65);
    this.#settlements.push({ ...made, token, createdAtMs: closingMs, openingMs, closingMs, entries });
    if (this.#settlements.length > settlementsMax) this.#settlements = this.#settlements.slice(-settlementsMax);
    this.#ledgers.debitSettlement(made);
  }
}
