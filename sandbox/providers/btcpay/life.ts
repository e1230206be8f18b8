import { VisitRefused } from '../contract.ts';
import { takeFraction } from '../decimal.ts';
import type { ProviderHost } from '../host.ts';
import { type Visits, walkAway } from '../visits.ts';
import {
  type AdditionalStatus,
  type Invoice,
  isPaidInFull,
  isPaidOver,
  newPayment,
  type Payment,
  paidUnits,
  paymentData,
} from './invoice.ts';
import type { InvoiceStatus } from './requests.ts';
import { webhookEvent } from './webhook.ts';

// What happens to an invoice, and which webhooks report it. BTCPay: Status, Webhooks.

export class InvoiceLife {
  readonly #host: ProviderHost;
  readonly #webhook: { readonly webhookId: string; readonly webhookSecret: string };

  constructor(host: ProviderHost, webhook: { readonly webhookId: string; readonly webhookSecret: string }) {
    this.#host = host;
    this.#webhook = webhook;
  }

  visits(invoice: Invoice, fraction?: string): Visits {
    const share = (byDefault: string) => takeFraction(invoice.request.amountUnits, fraction ?? byDefault);
    switch (invoice.status) {
      case 'New':
        return {
          pay: () => this.#pay(invoice),
          pay_unconfirmed: () => this.#receive(invoice, invoice.request.amountUnits - paidUnits(invoice)),
          underpay: () => this.#underpay(invoice, share('0.5')),
          overpay: () => this.#overpay(invoice, share('1.5') - paidUnits(invoice)),
          pay_late: () => {
            this.expire(invoice);
            this.#payLate(invoice, share('1'));
          },
          expire: () => this.expire(invoice),
          walk_away: walkAway,
        };
      case 'Processing':
        return {
          confirm: () => this.#confirm(invoice),
          double_spend: () => this.#doubleSpend(invoice),
          invalidate: () => this.invalidate(invoice),
          walk_away: walkAway,
        };
      case 'Expired':
        return { pay_late: () => this.#payLate(invoice, share('1')), walk_away: walkAway };
      case 'Settled':
        return {
          pay_again: () => this.#settleAtOnce(invoice, share('1')),
          take_back: () => this.markInvalid(invoice),
          walk_away: walkAway,
        };
      case 'Invalid':
        return { walk_away: walkAway };
      default:
        return invoice.status satisfies never;
    }
  }

  #pay(invoice: Invoice): void {
    this.#receive(invoice, invoice.request.amountUnits - paidUnits(invoice));
    this.#confirm(invoice);
  }

  #underpay(invoice: Invoice, units: bigint): void {
    if (units <= 0n || paidUnits(invoice) + units >= invoice.request.amountUnits) {
      throw new VisitRefused('btcpay: underpaying means a fraction between 0 and 1 that leaves something open');
    }
    const payment = this.#take(invoice, units);
    // Within the tolerance an underpaid invoice counts as paid in full.
    if (isPaidInFull(invoice)) {
      this.#process(invoice);
      this.#confirm(invoice);
      return;
    }
    invoice.additionalStatus = 'PaidPartial';
    this.#settlePayment(invoice, payment);
  }

  #overpay(invoice: Invoice, units: bigint): void {
    if (paidUnits(invoice) + units <= invoice.request.amountUnits) {
      throw new VisitRefused('btcpay: overpaying means a fraction above 1');
    }
    this.#receive(invoice, units);
    this.#confirm(invoice);
  }

  #receive(invoice: Invoice, units: bigint): void {
    this.#take(invoice, units);
    this.#process(invoice);
  }

  #process(invoice: Invoice): void {
    const overPaid = isPaidOver(invoice);
    this.become(invoice, { status: 'Processing', additionalStatus: overPaid ? 'PaidOver' : 'None' });
    this.announce(invoice, 'InvoiceProcessing', { overPaid });
    if (invoice.request.speedPolicy === 'HighSpeed') this.#confirm(invoice);
  }

  #confirm(invoice: Invoice): void {
    if (invoice.status === 'Settled') return;
    for (const payment of invoice.payments) {
      if (payment.status === 'Processing') this.#settlePayment(invoice, payment);
    }
    invoice.status = 'Settled';
    this.announce(invoice, 'InvoiceSettled', { manuallyMarked: false, overPaid: isPaidOver(invoice) });
  }

  expire(invoice: Invoice): void {
    const partiallyPaid = paidUnits(invoice) > 0n;
    invoice.expiresAtMs = Math.min(invoice.expiresAtMs, this.#host.now());
    this.become(invoice, { status: 'Expired', additionalStatus: partiallyPaid ? 'PaidPartial' : 'None' });
    this.announce(invoice, 'InvoiceExpired', { partiallyPaid });
    if (partiallyPaid) this.announce(invoice, 'InvoiceExpiredPaidPartial');
  }

  /** Stays Expired, whether or not it is enough. */
  #payLate(invoice: Invoice, units: bigint): void {
    this.#settleAtOnce(invoice, units);
    invoice.additionalStatus = 'PaidLate';
    this.announce(invoice, 'InvoicePaidAfterExpiration');
  }

  #settleAtOnce(invoice: Invoice, units: bigint): void {
    const payment = this.#take(invoice, units);
    this.#settlePayment(invoice, payment);
  }

  /** No webhook reports this: only a poll finds it. */
  #doubleSpend(invoice: Invoice): void {
    for (const payment of invoice.payments) {
      if (payment.status === 'Processing') payment.status = 'Invalid';
    }
    this.become(invoice, { status: 'New', additionalStatus: paidUnits(invoice) > 0n ? 'PaidPartial' : 'None' });
  }

  invalidate(invoice: Invoice): void {
    this.become(invoice, { status: 'Invalid', additionalStatus: 'None' });
    this.announce(invoice, 'InvoiceInvalid', { manuallyMarked: false });
  }

  /** By the shop's own staff, on the server's pages or through its API. */
  markInvalid(invoice: Invoice): void {
    this.become(invoice, { status: 'Invalid', additionalStatus: 'Marked' });
    this.announce(invoice, 'InvoiceInvalid', { manuallyMarked: true });
  }

  #take(invoice: Invoice, units: bigint): Payment {
    const payment = newPayment(invoice, { ids: this.#host.ids, units, nowMs: this.#host.now() });
    invoice.payments.push(payment);
    this.announce(invoice, 'InvoiceReceivedPayment', this.#paymentFields(invoice, payment));
    return payment;
  }

  #settlePayment(invoice: Invoice, payment: Payment): void {
    payment.status = 'Settled';
    this.announce(invoice, 'InvoicePaymentSettled', this.#paymentFields(invoice, payment));
  }

  #paymentFields(invoice: Invoice, payment: Payment) {
    return {
      afterExpiration: invoice.expiresAtMs <= this.#host.now(),
      paymentMethodId: 'BTC-CHAIN',
      payment: paymentData(invoice, payment),
    };
  }

  become(invoice: Invoice, next: { status: InvoiceStatus; additionalStatus: AdditionalStatus }): void {
    invoice.status = next.status;
    invoice.additionalStatus = next.additionalStatus;
  }

  announce(invoice: Invoice, type: string, extra: Readonly<Record<string, unknown>> = {}): void {
    const nowMs = this.#host.now();
    this.#host.announce(webhookEvent({ ids: this.#host.ids, invoice, type, extra, nowMs, ...this.#webhook }));
  }
}
