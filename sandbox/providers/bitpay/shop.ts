import { VisitRefused } from '../contract.ts';
import { takeFraction } from '../decimal.ts';
import { createEarliest } from '../earliest.ts';
import { makeRoom, type ProviderHost } from '../host.ts';
import { type Visits, walkAway } from '../visits.ts';
import { codedError, plainError } from './errors.ts';
import {
  addTransaction,
  dueUnits,
  type Invoice,
  type InvoiceStatus,
  newInvoice,
  paidUnits,
  webhookData,
} from './invoice.ts';
import { toExactJson } from './json.ts';
import type { BitPayLedgers } from './ledger.ts';
import type { InvoiceRequest, ListQuery } from './requests.ts';
import { webhookSignature } from './signatures.ts';

// The merchant's account: its invoices, and what happens to them. A repeated `guid` returns the invoice that has it: the
// documentation leaves open whether it does that or refuses, and only this way a client's repeat can be seen in `createCalls`.

export interface BitPayShopOptions {
  readonly posToken: string;
  /** How long an invoice may be paid, in milliseconds of the sandbox's clock. */
  readonly lifeMs: number;
  /** From confirmed to complete (six confirmations in reality). */
  readonly completeAfterMs: number;
  /** What a cancelled invoice becomes: the official fixture says expired, the documentation declined. */
  readonly cancelledStatus: 'expired' | 'declined';
  /** Old accounts get unsigned webhooks. */
  readonly signsWebhooks: boolean;
}

const hourMs = 60 * 60 * 1000;
const events = {
  paid: { code: 1003, name: 'invoice_paidInFull' },
  expired: { code: 1004, name: 'invoice_expired' },
  confirmed: { code: 1005, name: 'invoice_confirmed' },
  complete: { code: 1006, name: 'invoice_completed' },
  invalid: { code: 1013, name: 'invoice_failedToConfirm' },
  // Its number is not documented.
  declined: { name: 'invoice_declined' },
} as const;
const manuallyNotified = { code: 1012, name: 'invoice_manuallyNotified' } as const;
const alwaysAnnounced: readonly InvoiceStatus[] = ['paid', 'confirmed', 'complete'];

export class BitPayShop {
  readonly invoices = new Map<string, Invoice>();
  readonly #host: ProviderHost;
  readonly #ledgers: BitPayLedgers;
  readonly #options: BitPayShopOptions;

  constructor(host: ProviderHost, ledgers: BitPayLedgers, options: BitPayShopOptions) {
    this.#host = host;
    this.#ledgers = ledgers;
    this.#options = options;
  }

  create(request: InvoiceRequest, about: Pick<Invoice, 'apiToken' | 'facade' | 'isForeign'>): Invoice {
    const existing = request.guid === undefined ? undefined : this.findByGuid(request.guid);
    if (existing !== undefined) {
      existing.createCalls += 1;
      return existing;
    }
    makeRoom(this.invoices);
    const invoice = newInvoice(request, {
      ...about,
      ids: this.#host.ids,
      nowMs: this.#host.now(),
      lifeMs: this.#options.lifeMs,
    });
    this.invoices.set(invoice.id, invoice);
    return invoice;
  }

  createForeign(request: InvoiceRequest): Invoice {
    return this.create(request, { apiToken: this.#options.posToken, facade: 'pos', isForeign: true });
  }

  get(id: string): Invoice {
    const invoice = this.invoices.get(id);
    if (invoice === undefined) throw plainError(404, 'Object not found');
    return invoice;
  }

  findByGuid(guid: string): Invoice | undefined {
    return this.all().find(({ request }) => request.guid === guid);
  }

  /** Newest first. */
  all(): Invoice[] {
    return [...this.invoices.values()].reverse();
  }

  list(query: ListQuery): Invoice[] {
    const found = this.all().filter(
      (invoice) =>
        invoice.createdAtMs >= query.fromMs &&
        invoice.createdAtMs < query.untilMs &&
        (query.status === undefined || invoice.status === query.status) &&
        (query.orderId === undefined || invoice.request.orderId === query.orderId),
    );
    return found.slice(query.offset, query.offset + query.limit);
  }

  cancel(invoice: Invoice, { isForced }: { isForced: boolean }): void {
    const isPartlyPaid = paidUnits(invoice) > 0n;
    if (invoice.status !== 'new' || (isPartlyPaid && !isForced)) {
      throw codedError(400, '040107', 'Invalid invoice state for cancel');
    }
    invoice.isCancelled = true;
    this.#become(invoice, this.#options.cancelledStatus);
  }

  notifyAgain(invoice: Invoice): void {
    this.#announce(invoice, manuallyNotified);
  }

  visits(invoice: Invoice, fraction?: string): Visits {
    const become = (status: Exclude<InvoiceStatus, 'new'>) => () => this.#become(invoice, status);
    switch (invoice.status) {
      case 'new':
        return this.#visitsOfNew(invoice, fraction);
      case 'paid':
        return {
          confirm: become('confirmed'),
          invalidate: become('invalid'),
          decline: become('declined'),
          walk_away: walkAway,
        };
      case 'invalid':
        return {
          confirm: become('confirmed'),
          complete: become('complete'),
          decline: become('declined'),
          walk_away: walkAway,
        };
      case 'confirmed':
        return { complete: become('complete'), walk_away: walkAway };
      case 'complete':
      case 'expired':
      case 'declined':
        return { walk_away: walkAway };
      default:
        return invoice.status satisfies never;
    }
  }

  tick(): void {
    const now = this.#host.now();
    for (const invoice of this.invoices.values()) {
      const sincePaidMs = now - (invoice.paidAtMs ?? now);
      if (invoice.status === 'new' && invoice.expiresAtMs <= now) this.#become(invoice, 'expired');
      if (invoice.status === 'paid' && sincePaidMs >= hourMs) this.#become(invoice, 'invalid');
      if (invoice.status === 'invalid' && sincePaidMs >= 24 * hourMs) this.#become(invoice, 'declined');
      const isDue = now - (invoice.confirmedAtMs ?? now) >= this.#options.completeAfterMs;
      if (invoice.status === 'confirmed' && isDue) this.#become(invoice, 'complete');
    }
  }

  nextDueAt(): number | undefined {
    const due = createEarliest();
    for (const { status, expiresAtMs, paidAtMs, confirmedAtMs } of this.invoices.values()) {
      if (status === 'new') due.note(expiresAtMs);
      if (status === 'paid' && paidAtMs !== undefined) due.note(paidAtMs + hourMs);
      if (status === 'invalid' && paidAtMs !== undefined) due.note(paidAtMs + 24 * hourMs);
      const isWaiting = status === 'confirmed' && confirmedAtMs !== undefined;
      if (isWaiting) due.note(confirmedAtMs + this.#options.completeAfterMs);
    }
    return due.atMs();
  }

  url(invoice: Invoice): string {
    return `${this.#host.origin()}/bitpay/invoice?id=${invoice.id}`;
  }

  /** Sends a webhook, signed with the token that made the invoice. */
  send(invoice: Invoice, event: { type: string; url: string | undefined; body: string }): void {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (this.#options.signsWebhooks) headers['x-signature'] = webhookSignature(invoice.apiToken, event.body);
    this.#host.announce({
      reference: invoice.id,
      type: event.type,
      eventId: this.#host.ids.uuid(),
      url: event.url,
      render: () => ({ headers, body: event.body }),
    });
  }

  #visitsOfNew(invoice: Invoice, fraction?: string): Visits {
    const due = dueUnits(invoice);
    const paid = paidUnits(invoice);
    return {
      pay: () => {
        this.#receive(invoice, due - paid);
        this.#become(invoice, 'confirmed');
      },
      pay_unconfirmed: () => this.#receive(invoice, due - paid),
      underpay: () => this.#underpay(invoice, fraction ?? '0.5'),
      overpay: () => {
        const units = takeFraction(due, fraction ?? '1.5');
        if (units <= due) throw new VisitRefused('bitpay: overpaying means a fraction above 1');
        this.#receive(invoice, units - paid);
        this.#become(invoice, 'confirmed');
      },
      expire: () => {
        invoice.expiresAtMs = this.#host.now();
        this.#become(invoice, 'expired');
      },
      walk_away: walkAway,
    };
  }

  #underpay(invoice: Invoice, fraction: string): void {
    const units = takeFraction(dueUnits(invoice), fraction);
    if (units <= 0n || paidUnits(invoice) + units >= dueUnits(invoice)) {
      throw new VisitRefused('bitpay: underpaying means a fraction between 0 and 1 that leaves something open');
    }
    addTransaction(invoice, { units, nowMs: this.#host.now(), ids: this.#host.ids });
  }

  #receive(invoice: Invoice, units: bigint): void {
    addTransaction(invoice, { units, nowMs: this.#host.now(), ids: this.#host.ids });
    invoice.paidAtMs = this.#host.now();
    this.#become(invoice, 'paid');
    if (invoice.request.transactionSpeed === 'high') this.#become(invoice, 'confirmed');
  }

  #become(invoice: Invoice, status: Exclude<InvoiceStatus, 'new'>): void {
    if (invoice.status === status) return;
    invoice.status = status;
    if (status === 'confirmed') invoice.confirmedAtMs = this.#host.now();
    if (status === 'complete') this.#ledgers.creditSale(invoice);
    this.#announce(invoice, events[status]);
  }

  #announce(invoice: Invoice, event: { code?: number; name: string }): void {
    const { request } = invoice;
    const data = webhookData(invoice, { url: this.url(invoice), nowMs: this.#host.now() });
    if (request.extendedNotifications) {
      const body = toExactJson({ data, event: { ...event, timestamp: this.#host.now() } });
      this.send(invoice, { type: event.name, url: request.notificationURL, body });
      return;
    }
    if (!request.fullNotifications && !alwaysAnnounced.includes(invoice.status)) return;
    this.send(invoice, { type: event.name, url: request.notificationURL, body: toExactJson(data) });
  }
}
