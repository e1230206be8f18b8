import { formatUnits, takeFraction, toUnits } from '../decimal.ts';
import { createEarliest } from '../earliest.ts';
import { makeRoom, type ProviderHost } from '../host.ts';
import { type Visits, walkAway } from '../visits.ts';
import {
  amountOf,
  amountPlaces,
  type Checkout,
  checkoutObject,
  newCheckout,
  type Refund,
  refundedUnits,
} from './checkout.ts';
import { CoinbaseError, invalidRequest } from './errors.ts';
import { hook0Signature } from './hook0.ts';
import type { CreateRequest, ListRequest, RefundRequest } from './requests.ts';

// The merchant's account: its checkouts, and what happens to them.

export interface CoinbaseShopOptions {
  readonly webhookSecret: string;
  readonly refundDelayMs: number;
}

const events = {
  COMPLETED: 'checkout.payment.success',
  FAILED: 'checkout.payment.failed',
  EXPIRED: 'checkout.payment.expired',
} as const;

export class CoinbaseShop {
  readonly checkouts = new Map<string, Checkout>();
  /** The ids of refunds that were made on the dashboard. */
  readonly byHand = new Set<string>();
  readonly #host: ProviderHost;
  readonly #options: CoinbaseShopOptions;

  constructor(host: ProviderHost, options: CoinbaseShopOptions) {
    this.#host = host;
    this.#options = options;
  }

  create(request: CreateRequest, about: { isForeign: boolean; idempotencyKey?: string | undefined }): Checkout {
    makeRoom(this.checkouts);
    const checkout = newCheckout(request, {
      ids: this.#host.ids,
      nowMs: this.#host.now(),
      isForeign: about.isForeign,
      idempotencyKey: about.idempotencyKey,
    });
    this.checkouts.set(checkout.id, checkout);
    return checkout;
  }

  get(id: string): Checkout {
    const checkout = this.checkouts.get(id);
    if (checkout === undefined) throw new CoinbaseError(404, 'not_found', `Checkout ${id} was not found.`);
    return checkout;
  }

  /** Newest first. */
  all(): Checkout[] {
    return [...this.checkouts.values()].reverse();
  }

  list(query: ListRequest): { checkouts: Checkout[]; nextPageToken: string | undefined } {
    const found = this.all().filter(
      (checkout) =>
        checkout.createdAtMs >= query.startMs &&
        checkout.createdAtMs <= query.endMs &&
        (query.statuses.length === 0 || query.statuses.includes(checkout.status)) &&
        (checkout.request.description ?? '').includes(query.descriptionQuery ?? ''),
    );
    const after = query.pageToken === undefined ? -1 : found.findIndex(({ id }) => pageToken(id) === query.pageToken);
    if (query.pageToken !== undefined && after === -1) throw invalidRequest('pageToken is invalid.');
    const checkouts = found.slice(after + 1, after + 1 + query.pageSize);
    const last = checkouts.at(-1);
    const isEnd = after + 1 + query.pageSize >= found.length;
    return { checkouts, nextPageToken: isEnd || last === undefined ? undefined : pageToken(last.id) };
  }

  deactivate(id: string): Checkout {
    const checkout = this.get(id);
    if (checkout.status !== 'ACTIVE') throw invalidRequest('Only an ACTIVE checkout can be deactivated.');
    checkout.status = 'DEACTIVATED';
    checkout.updatedAtMs = this.#host.now();
    return checkout;
  }

  refund(id: string, request: RefundRequest): { checkout: Checkout; refund: Refund } {
    const checkout = this.get(id);
    if (checkout.status !== 'COMPLETED' && checkout.status !== 'PARTIALLY_REFUNDED') {
      throw invalidRequest('Only a COMPLETED or PARTIALLY_REFUNDED checkout can be refunded.');
    }
    const amount = toUnits(request.amount, amountPlaces);
    if (refundedUnits(checkout, ['PENDING', 'COMPLETED']) + amount > amountOf(checkout)) {
      throw invalidRequest('The refunds would exceed the amount of the checkout.');
    }
    const refund: Refund = {
      id: this.#host.ids.objectId(this.#host.now()),
      checkoutId: checkout.id,
      amount: formatUnits(amount, amountPlaces),
      currency: 'USDC',
      status: 'PENDING',
      reason: request.reason,
      createdAt: new Date(this.#host.now()).toISOString(),
    };
    checkout.refunds.push(refund);
    checkout.updatedAtMs = this.#host.now();
    return { checkout, refund };
  }

  visits(checkout: Checkout, fraction?: string): Visits {
    const finish = (status: keyof typeof events) => () => this.#finish(checkout, status);
    if (checkout.status === 'ACTIVE') {
      return {
        pay: finish('COMPLETED'),
        pay_unconfirmed: () => this.#process(checkout),
        fail: finish('FAILED'),
        expire: () => this.#expire(checkout),
        walk_away: walkAway,
      };
    }
    if (checkout.status === 'PROCESSING') {
      return { confirm: finish('COMPLETED'), fail: finish('FAILED'), walk_away: walkAway };
    }
    const refund = checkout.refunds.find(({ status }) => status === 'PENDING');
    return {
      ...(refund !== undefined && {
        complete_refund: () => this.#finishRefund(checkout, { refund, isGood: true }),
        fail_refund: () => this.#finishRefund(checkout, { refund, isGood: false }),
      }),
      ...this.#visitsOfStaff(checkout, fraction),
      walk_away: walkAway,
    };
  }

  #visitsOfStaff(checkout: Checkout, fraction = '0.5'): Visits {
    if (checkout.status !== 'COMPLETED' && checkout.status !== 'PARTIALLY_REFUNDED') return {};
    const left = amountOf(checkout) - refundedUnits(checkout, ['PENDING', 'COMPLETED']);
    const refund = (units: bigint) => () => {
      this.byHand.add(this.refund(checkout.id, { amount: formatUnits(units, amountPlaces) }).refund.id);
    };
    const part = takeFraction(left, fraction);
    return { ...(part > 0n && { refund_part: refund(part) }), ...(left > 0n && { refund_full: refund(left) }) };
  }

  tick(): void {
    const now = this.#host.now();
    for (const checkout of this.checkouts.values()) {
      if (checkout.status === 'ACTIVE' && Date.parse(checkout.expiresAt) <= now) this.#finish(checkout, 'EXPIRED');
      for (const refund of checkout.refunds) {
        const isDue = refund.status === 'PENDING' && Date.parse(refund.createdAt) + this.#options.refundDelayMs <= now;
        if (isDue) this.#finishRefund(checkout, { refund, isGood: true });
      }
    }
  }

  nextDueAt(): number | undefined {
    const due = createEarliest();
    for (const checkout of this.checkouts.values()) {
      if (checkout.status === 'ACTIVE') due.note(Date.parse(checkout.expiresAt));
      for (const refund of checkout.refunds) {
        if (refund.status === 'PENDING') due.note(Date.parse(refund.createdAt) + this.#options.refundDelayMs);
      }
    }
    return due.atMs();
  }

  pageUrl(checkout: Checkout): string {
    return `${this.#host.origin()}/coinbase/payment-links/${checkout.pageId}`;
  }

  /** No webhook reports this: only a poll finds it. */
  #process(checkout: Checkout): void {
    checkout.status = 'PROCESSING';
    checkout.updatedAtMs = this.#host.now();
  }

  #expire(checkout: Checkout): void {
    checkout.expiresAt = new Date(this.#host.now()).toISOString();
    this.#finish(checkout, 'EXPIRED');
  }

  #finish(checkout: Checkout, status: keyof typeof events): void {
    checkout.status = status;
    checkout.updatedAtMs = this.#host.now();
    if (status === 'COMPLETED') checkout.transactionHash = `0x${this.#host.ids.hex(32)}`;
    this.#announce(checkout, events[status]);
  }

  #finishRefund(checkout: Checkout, { refund, isGood }: { refund: Refund; isGood: boolean }): void {
    const now = this.#host.now();
    checkout.updatedAtMs = now;
    refund.status = isGood ? 'COMPLETED' : 'FAILED';
    if (isGood) {
      refund.transactionHash = `0x${this.#host.ids.hex(32)}`;
      refund.completedAt = new Date(now).toISOString();
      const isAll = refundedUnits(checkout, ['COMPLETED']) === amountOf(checkout);
      checkout.status = isAll ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    }
    this.#announce(checkout, isGood ? 'checkout.refund.success' : 'checkout.refund.failed');
  }

  /** The body is that of the moment of the event; the signature that of each attempt. */
  #announce(checkout: Checkout, type: string): void {
    const body = JSON.stringify(checkoutObject(checkout, { pageUrl: this.pageUrl(checkout), eventType: type }));
    const eventId = this.#host.ids.uuid();
    const headers = { 'content-type': 'application/json', 'x-event-id': eventId, 'x-event-type': type };
    this.#host.announce({
      reference: checkout.id,
      type,
      eventId,
      url: undefined,
      render: () => {
        const time = Math.floor(this.#host.now() / 1000);
        const signature = hook0Signature({ secret: this.#options.webhookSecret, time, body, headers });
        return { headers: { ...headers, 'x-hook0-signature': signature }, body };
      },
    });
  }
}

function pageToken(id: string): string {
  return Buffer.from(`after:${id}`).toString('base64url');
}
