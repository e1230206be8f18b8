import { VisitRefused } from '../contract.ts';
import { takeFraction } from '../decimal.ts';
import { createEarliest } from '../earliest.ts';
import { makeRoom, type ProviderHost } from '../host.ts';
import { type Visits, walkAway } from '../visits.ts';
import { NowPaymentsError } from './errors.ts';
import {
  type Invoice,
  mainPayment,
  newInvoice,
  newPayment,
  type Payment,
  type PaymentStatus,
  rateKeptMs,
} from './invoice.ts';
import { ipnEvent, type Sorting } from './ipn.ts';
import type { InvoiceRequest, PaymentQuery } from './requests.ts';

// The merchant's account: its invoices with their payments, and what happens to them.

export interface NowPaymentsShopOptions {
  readonly ipnSecret: string;
  readonly sorting: Sorting;
}

export class NowPaymentsShop {
  readonly invoices = new Map<string, Invoice>();
  readonly #host: ProviderHost;
  readonly #options: NowPaymentsShopOptions;

  constructor(host: ProviderHost, options: NowPaymentsShopOptions) {
    this.#host = host;
    this.#options = options;
  }

  create(request: InvoiceRequest, about: { isForeign: boolean }): Invoice {
    makeRoom(this.invoices);
    const invoice = newInvoice(request, { ...about, ids: this.#host.ids, nowMs: this.#host.now() });
    this.invoices.set(invoice.id, invoice);
    return invoice;
  }

  /** Newest first. */
  all(): Invoice[] {
    return [...this.invoices.values()].reverse();
  }

  findPayment(id: string): { invoice: Invoice; payment: Payment } {
    for (const invoice of this.invoices.values()) {
      const payment = invoice.payments.find((candidate) => candidate.id === id);
      if (payment !== undefined) return { invoice, payment };
    }
    throw new NowPaymentsError(404, 'NOT_FOUND', 'Payment not found');
  }

  list(query: PaymentQuery): { invoice: Invoice; payment: Payment }[] {
    const found = this.all()
      .filter(({ id }) => query.invoiceId === undefined || id === query.invoiceId)
      .flatMap((invoice) => invoice.payments.map((payment) => ({ invoice, payment })))
      .sort((left, right) => left.payment.createdAtMs - right.payment.createdAtMs);
    const ordered = query.isNewestFirst ? found.reverse() : found;
    return ordered.slice(query.page * query.limit, (query.page + 1) * query.limit);
  }

  url(invoice: Invoice): string {
    return `${this.#host.origin()}/nowpayments/payment/?iid=${invoice.id}`;
  }

  visits(invoice: Invoice, fraction?: string): Visits {
    const main = mainPayment(invoice);
    if (main === undefined || main.status === 'waiting') return this.#visitsOfOpen(invoice, fraction);
    const beside = { pay_again: () => this.#depositBeside(invoice, main), walk_away: walkAway };
    switch (main.status) {
      case 'confirming':
        return {
          confirm: () => this.#finish(invoice, main),
          fail: () => this.#become(invoice, main, 'failed'),
          walk_away: walkAway,
        };
      case 'expired':
        return { pay_late: () => this.#depositBeside(invoice, main), walk_away: walkAway };
      case 'confirmed':
      case 'sending':
      case 'finished':
      case 'partially_paid':
        return beside;
      case 'failed':
      case 'refunded':
        return { walk_away: walkAway };
      default:
        return main.status satisfies never;
    }
  }

  tick(): void {
    const now = this.#host.now();
    for (const invoice of this.invoices.values()) {
      for (const payment of invoice.payments) {
        const isOver = payment.status === 'waiting' && now - payment.createdAtMs >= rateKeptMs;
        if (isOver) this.#become(invoice, payment, 'expired');
      }
    }
  }

  nextDueAt(): number | undefined {
    const due = createEarliest();
    for (const { payments } of this.invoices.values()) {
      for (const { status, createdAtMs } of payments) if (status === 'waiting') due.note(createdAtMs + rateKeptMs);
    }
    return due.atMs();
  }

  #visitsOfOpen(invoice: Invoice, fraction?: string): Visits {
    const share = (payment: Payment, byDefault: string) => takeFraction(payment.payUnits, fraction ?? byDefault);
    return {
      pay: () =>
        this.#finish(
          invoice,
          this.#see(invoice, (payment) => payment.payUnits),
        ),
      pay_unconfirmed: () => this.#see(invoice, (payment) => payment.payUnits),
      underpay: () => {
        const payment = this.#see(invoice, (chosen) => share(chosen, '0.5'));
        if (payment.paidUnits >= payment.payUnits) throw new VisitRefused('nowpayments: that would not be too little');
        this.#become(invoice, payment, 'partially_paid');
      },
      overpay: () =>
        this.#finish(
          invoice,
          this.#see(invoice, (payment) => share(payment, '1.5')),
        ),
      fail: () => this.#become(invoice, this.#choose(invoice), 'failed'),
      expire: () => this.#become(invoice, this.#choose(invoice), 'expired'),
      walk_away: walkAway,
    };
  }

  /** The visitor chooses a coin: only now is there a payment. */
  #choose(invoice: Invoice): Payment {
    const waiting = mainPayment(invoice);
    if (waiting !== undefined) return waiting;
    const payment = newPayment(invoice, { ids: this.#host.ids, nowMs: this.#host.now(), parentId: null });
    invoice.payments.push(payment);
    this.#announce(invoice, payment);
    return payment;
  }

  #see(invoice: Invoice, paid: (payment: Payment) => bigint): Payment {
    const payment = this.#choose(invoice);
    payment.paidUnits = paid(payment);
    this.#become(invoice, payment, 'confirming');
    return payment;
  }

  #finish(invoice: Invoice, payment: Payment): void {
    for (const status of ['confirmed', 'sending', 'finished'] as const) this.#become(invoice, payment, status);
  }

  /** Money that comes to an address once more is a payment of its own, finished whatever its amount. */
  #depositBeside(invoice: Invoice, parent: Payment): void {
    const payment = newPayment(invoice, { ids: this.#host.ids, nowMs: this.#host.now(), parentId: parent.id });
    payment.paidUnits = payment.payUnits;
    invoice.payments.push(payment);
    this.#become(invoice, payment, 'finished');
  }

  #become(invoice: Invoice, payment: Payment, status: PaymentStatus): void {
    payment.status = status;
    payment.updatedAtMs = this.#host.now();
    this.#announce(invoice, payment);
  }

  #announce(invoice: Invoice, payment: Payment): void {
    const { ipnSecret, sorting } = this.#options;
    this.#host.announce(ipnEvent({ ids: this.#host.ids, invoice, payment, secret: ipnSecret, sorting }));
  }
}
