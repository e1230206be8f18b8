import { VisitRefused } from '../contract.ts';
import { formatUnits, takeFraction } from '../decimal.ts';
import { createEarliest } from '../earliest.ts';
import { makeRoom, type ProviderHost } from '../host.ts';
import type { Visits } from '../visits.ts';
import { codedError, invalidParameter, plainError } from './errors.ts';
import { type Invoice, payCoin, places } from './invoice.ts';
import { jsonDecimal, RawNumber, toExactJson } from './json.ts';
import type { BitPayLedgers } from './ledger.ts';
import { coinUnits, displayCoin } from './rates.ts';
import type { RefundRequest } from './requests.ts';
import type { BitPayShop } from './shop.ts';

// BitPay: Refunds. In reality the buyer has to accept by e-mail; here a visit or the clock does it.

type RefundStatus = 'preview' | 'created' | 'pending' | 'success' | 'failure' | 'cancelled';

export interface Refund {
  readonly id: string;
  readonly request: RefundRequest;
  readonly invoice: Invoice;
  readonly createdAtMs: number;
  notifiedAtMs: number;
  /** Made on BitPay's dashboard. */
  readonly isByHand: boolean;
  status: RefundStatus;
  txid?: string;
}

const openStatuses: readonly RefundStatus[] = ['created', 'pending'];

export class BitPayRefunds {
  readonly refunds = new Map<string, Refund>();
  readonly #host: ProviderHost;
  readonly #shop: BitPayShop;
  readonly #ledgers: BitPayLedgers;
  readonly #delayMs: number;

  constructor(host: ProviderHost, about: { shop: BitPayShop; ledgers: BitPayLedgers; delayMs: number }) {
    this.#host = host;
    this.#shop = about.shop;
    this.#ledgers = about.ledgers;
    this.#delayMs = about.delayMs;
  }

  /** A repeated `guid` returns the refund that has it, as with invoices. */
  create(request: RefundRequest, { isByHand = false } = {}): Refund {
    const existing = request.guid === undefined ? undefined : this.findByGuid(request.guid);
    if (existing !== undefined) return existing;
    const invoice = this.#shop.get(request.invoiceId);
    if (invoice.status !== 'confirmed' && invoice.status !== 'complete') {
      throw codedError(400, '010307', 'Invalid invoice state for refund');
    }
    if (request.amountUnits > this.#leftOf(invoice)) {
      throw invalidParameter('amount', 'The refunds would exceed the price of the invoice');
    }
    const { currency } = invoice.request;
    if (request.amountUnits > this.#available(currency)) {
      // Its number is not documented.
      throw codedError(400, '010308', 'Insufficient ledger balance for this refund');
    }
    makeRoom(this.refunds);
    const now = this.#host.now();
    const refund: Refund = {
      id: this.#host.ids.base58(22),
      request,
      invoice,
      createdAtMs: now,
      notifiedAtMs: now,
      isByHand,
      status: request.isPreview ? 'preview' : 'created',
    };
    this.refunds.set(refund.id, refund);
    if (!request.isPreview) this.#announce(refund);
    return refund;
  }

  get(id: string): Refund {
    const refund = this.refunds.get(id);
    if (refund === undefined) throw plainError(404, 'Object not found');
    return refund;
  }

  findByGuid(guid: string): Refund | undefined {
    return [...this.refunds.values()].find(({ request }) => request.guid === guid);
  }

  of(invoice: Invoice): Refund[] {
    return [...this.refunds.values()].filter((refund) => refund.invoice === invoice);
  }

  /** What the staff may do on the dashboard. */
  visits(invoice: Invoice, fraction = '0.5'): Visits {
    if (invoice.status !== 'confirmed' && invoice.status !== 'complete') return {};
    const left = this.#leftOf(invoice);
    const plain = { invoiceId: invoice.id, isPreview: false, isImmediate: false, buyerPaysRefundFee: false };
    const refund = (amountUnits: bigint) => () => {
      if (amountUnits > this.#available(invoice.request.currency))
        throw new VisitRefused('bitpay: the ledger is empty');
      this.create({ ...plain, amountUnits }, { isByHand: true });
    };
    const part = takeFraction(left, fraction);
    return { ...(part > 0n && { refund_part: refund(part) }), ...(left > 0n && { refund_full: refund(left) }) };
  }

  #leftOf(invoice: Invoice): bigint {
    return this.of(invoice)
      .filter(({ status }) => status === 'success' || openStatuses.includes(status))
      .reduce((left, { request }) => left - request.amountUnits, invoice.request.priceUnits);
  }

  #available(currency: string): bigint {
    return this.#ledgers.balance(currency) - this.#promised(currency);
  }

  /** What open refunds are going to take from the ledger. */
  #promised(currency: string): bigint {
    return [...this.refunds.values()]
      .filter(({ status, invoice }) => openStatuses.includes(status) && invoice.request.currency === currency)
      .reduce((sum, { request }) => sum + request.amountUnits, 0n);
  }

  openOf(invoice: Invoice): Refund | undefined {
    return this.of(invoice).find(({ status }) => openStatuses.includes(status));
  }

  /** Turns a preview into a real refund. */
  confirmPreview(refund: Refund): void {
    if (refund.status !== 'preview') throw codedError(400, '030307', 'Invalid refund state');
    this.#become(refund, 'created');
  }

  cancel(refund: Refund): void {
    if (refund.status !== 'preview' && refund.status !== 'created') {
      throw codedError(400, '040307', 'Invalid refund state for cancel');
    }
    refund.status = 'cancelled';
  }

  finish(refund: Refund, { isGood }: { isGood: boolean }): void {
    if (refund.status === 'created') this.#become(refund, 'pending');
    this.#become(refund, isGood ? 'success' : 'failure');
  }

  tick(): void {
    for (const refund of this.refunds.values()) {
      const ageMs = this.#host.now() - refund.createdAtMs;
      if (openStatuses.includes(refund.status) && ageMs >= this.#delayMs) this.finish(refund, { isGood: true });
    }
  }

  nextDueAt(): number | undefined {
    const due = createEarliest();
    for (const { status, createdAtMs } of this.refunds.values()) {
      if (openStatuses.includes(status)) due.note(createdAtMs + this.#delayMs);
    }
    return due.atMs();
  }

  data(refund: Refund): object {
    const { request, invoice } = refund;
    const price = { units: request.amountUnits, currency: invoice.request.currency };
    return {
      guid: request.guid,
      id: refund.id,
      invoice: invoice.id,
      reference: request.reference,
      status: refund.status,
      amount: jsonDecimal(formatUnits(request.amountUnits, places(invoice))),
      transactionCurrency: payCoin,
      transactionAmount: new RawNumber(displayCoin(coinUnits(price, payCoin), payCoin)),
      transactionRefundFee: new RawNumber('0.000002'),
      currency: invoice.request.currency,
      lastRefundNotification: new Date(refund.notifiedAtMs).toISOString(),
      refundFee: new RawNumber('0.04'),
      immediate: request.isImmediate,
      buyerPaysRefundFee: request.buyerPaysRefundFee,
      requestDate: new Date(refund.createdAtMs).toISOString(),
      txid: refund.txid,
    };
  }

  #become(refund: Refund, status: RefundStatus): void {
    refund.status = status;
    if (status === 'success') {
      refund.txid = this.#host.ids.hex(32);
      this.#ledgers.debitRefund(refund.invoice, refund.request);
    }
    this.#announce(refund);
  }

  /** Refund webhooks are always in the extended format; their numbers are not documented, so there is none. */
  #announce(refund: Refund): void {
    const type = `refund_${refund.status}`;
    refund.notifiedAtMs = this.#host.now();
    const body = toExactJson({ event: { name: type, timestamp: this.#host.now() }, data: this.data(refund) });
    const url = refund.request.notificationURL ?? refund.invoice.request.notificationURL;
    this.#shop.send(refund.invoice, { type, url, body });
  }
}
