import { formatUnits, takeFraction } from '../decimal.ts';
import { createEarliest } from '../earliest.ts';
import { makeRoom, type ProviderHost } from '../host.ts';
import type { Visits } from '../visits.ts';
import { apiError, invalidField } from './errors.ts';
import { type Invoice, isPaidOver, markableStatuses, newInvoice, paidUnits } from './invoice.ts';
import { InvoiceLife } from './life.ts';
import { type PullPayment, payoutMethod } from './pull-payment.ts';
import { BtcPayPullPayments } from './pull-payments.ts';
import { isRefundable, parseRefund } from './refund-request.ts';
import type { InvoiceRequest, ListQuery } from './requests.ts';

// The merchant's store: its invoices.

export interface BtcPayStoreOptions {
  readonly storeId: string;
  readonly webhookId: string;
  readonly webhookSecret: string;
}

export class BtcPayStore {
  readonly invoices = new Map<string, Invoice>();
  readonly life: InvoiceLife;
  readonly pulls: BtcPayPullPayments;
  readonly #host: ProviderHost;
  readonly #storeId: string;

  constructor(host: ProviderHost, options: BtcPayStoreOptions) {
    this.#host = host;
    this.#storeId = options.storeId;
    this.life = new InvoiceLife(host, options);
    this.pulls = new BtcPayPullPayments(host, options);
  }

  create(request: InvoiceRequest, about: { isForeign: boolean }): Invoice {
    makeRoom(this.invoices);
    const invoice = newInvoice(request, {
      ids: this.#host.ids,
      nowMs: this.#host.now(),
      storeId: this.#storeId,
      isForeign: about.isForeign,
    });
    this.invoices.set(invoice.id, invoice);
    this.life.announce(invoice, 'InvoiceCreated');
    return invoice;
  }

  get(id: string): Invoice {
    const invoice = this.invoices.get(id);
    if (invoice === undefined) throw apiError(404, 'invoice-not-found', 'The invoice was not found');
    return invoice;
  }

  /** Newest first. */
  all(): Invoice[] {
    return [...this.invoices.values()].reverse();
  }

  list(query: ListQuery): Invoice[] {
    const text = query.textSearch;
    const found = this.all().filter((invoice) => {
      const orderId = String(invoice.request.metadata['orderId'] ?? '');
      return (
        invoice.createdAtMs >= query.startSeconds * 1000 &&
        invoice.createdAtMs <= query.endSeconds * 1000 &&
        (query.statuses.length === 0 || query.statuses.includes(invoice.status)) &&
        (query.orderIds.length === 0 || query.orderIds.includes(orderId)) &&
        (text === undefined || invoice.id === text || orderId.includes(text)) &&
        (query.includeArchived || !invoice.isArchived)
      );
    });
    return found.slice(query.skip, query.skip + query.take);
  }

  mark(invoice: Invoice, status: unknown): void {
    const wanted = markableStatuses(invoice).find((name) => name === status);
    if (wanted === undefined)
      throw invalidField('status', 'Status can only be marked to one of the available statuses');
    if (wanted === 'Invalid') {
      this.life.markInvalid(invoice);
      return;
    }
    this.life.become(invoice, { status: wanted, additionalStatus: 'Marked' });
    this.life.announce(invoice, 'InvoiceSettled', { manuallyMarked: true, overPaid: isPaidOver(invoice) });
  }

  /** Sends no money: it makes a pull payment that the buyer claims. */
  refund(
    invoice: Invoice,
    fields: Readonly<Record<string, unknown>>,
    { isByHand }: Pick<PullPayment, 'isByHand'>,
  ): PullPayment {
    const pull = this.pulls.create(invoice, { ...parseRefund(fields, invoice), isByHand });
    this.life.announce(invoice, 'InvoiceRefund', { pullPaymentId: pull.id });
    return pull;
  }

  /** What the staff may do on the server's pages; no more than came, as its pages suggest. */
  visitsOfStaff(invoice: Invoice, fraction = '0.5'): Visits {
    if (!isRefundable(invoice)) return {};
    const offers = this.pulls.of(invoice).filter(({ isArchived, currency }) => !isArchived && currency !== 'BTC');
    const left = offers.reduce((rest, { units }) => rest - units, paidUnits(invoice));
    const { currency: customCurrency, places } = invoice.request;
    const refund = (units: bigint) => () => {
      const money = { customAmount: formatUnits(units, places), customCurrency };
      const fields = { refundVariant: 'Custom', ...money, payoutMethods: [payoutMethod] };
      this.refund(invoice, fields, { isByHand: true });
    };
    const part = takeFraction(left > 0n ? left : 0n, fraction);
    return { ...(part > 0n && { refund_part: refund(part) }), ...(left > 0n && { refund_full: refund(left) }) };
  }

  tick(): void {
    const now = this.#host.now();
    for (const invoice of this.invoices.values()) {
      if (invoice.status === 'New' && invoice.expiresAtMs <= now) this.life.expire(invoice);
      if (invoice.status === 'Processing' && invoice.monitoringUntilMs <= now) this.life.invalidate(invoice);
    }
  }

  nextDueAt(): number | undefined {
    const due = createEarliest();
    for (const { status, expiresAtMs, monitoringUntilMs } of this.invoices.values()) {
      if (status === 'New') due.note(expiresAtMs);
      if (status === 'Processing') due.note(monitoringUntilMs);
    }
    return due.atMs();
  }
}
