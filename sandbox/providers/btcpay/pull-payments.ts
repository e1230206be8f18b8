import { VisitRefused } from '../contract.ts';
import { takeFraction } from '../decimal.ts';
import { makeRoom, type ProviderHost } from '../host.ts';
import type { Visits } from '../visits.ts';
import { apiError } from './errors.ts';
import type { Invoice } from './invoice.ts';
import {
  newPullPayment,
  openPayout,
  type Payout,
  type PayoutState,
  type PullPayment,
  type PullPaymentRequest,
  remainingUnits,
} from './pull-payment.ts';
import { payoutEvent } from './webhook.ts';

// The store's pull payments: offers that a buyer claims, and the payouts that come of it. That an offer is not larger than
// what came in is not checked, because the real server does not check it either.

export interface Claiming {
  /** All that is left, if there is none. */
  readonly units: bigint | undefined;
  readonly destination: string;
}

export class BtcPayPullPayments {
  readonly held = new Map<string, PullPayment>();
  readonly #host: ProviderHost;
  readonly #webhook: { readonly storeId: string; readonly webhookId: string; readonly webhookSecret: string };

  constructor(host: ProviderHost, webhook: { storeId: string; webhookId: string; webhookSecret: string }) {
    this.#host = host;
    this.#webhook = webhook;
  }

  create(invoice: Invoice, request: PullPaymentRequest & Pick<PullPayment, 'isByHand'>): PullPayment {
    makeRoom(this.held);
    const pull = newPullPayment(request, { ids: this.#host.ids, invoice, nowMs: this.#host.now() });
    this.held.set(pull.id, pull);
    return pull;
  }

  get(id: string): PullPayment {
    const pull = this.held.get(id);
    if (pull === undefined) throw apiError(404, 'pullpayment-not-found', 'The pull payment was not found');
    return pull;
  }

  /** Newest first. */
  all(): PullPayment[] {
    return [...this.held.values()].reverse();
  }

  /** Oldest first. */
  of(invoice: Invoice): PullPayment[] {
    return [...this.held.values()].filter((pull) => pull.invoice === invoice);
  }

  findPayout(payoutId: string): { pull: PullPayment; payout: Payout } {
    for (const pull of this.held.values()) {
      const payout = pull.payouts.find(({ id }) => id === payoutId);
      if (payout !== undefined) return { pull, payout };
    }
    throw apiError(404, 'payout-not-found', 'The payout was not found');
  }

  claim(pull: PullPayment, { units = remainingUnits(pull), destination }: Claiming): Payout {
    if (pull.isArchived) throw apiError(400, 'archived', 'This pull payment has been archived');
    if (units <= 0n || units > remainingUnits(pull)) {
      throw apiError(400, 'overdraft', 'The payout amount overdraft the pull payment amount');
    }
    const payout: Payout = {
      id: this.#host.ids.base58(28),
      createdAtMs: this.#host.now(),
      destination,
      units,
      state: pull.autoApproveClaims ? 'AwaitingPayment' : 'AwaitingApproval',
    };
    pull.payouts.push(payout);
    this.#announce({ pull, payout }, 'PayoutCreated');
    if (pull.autoApproveClaims) this.#announce({ pull, payout }, 'PayoutApproved');
    return payout;
  }

  approve(payoutId: string): { pull: PullPayment; payout: Payout } {
    const found = this.findPayout(payoutId);
    this.#become(found, { state: 'AwaitingPayment', from: ['AwaitingApproval'] }, 'PayoutApproved');
    return found;
  }

  markPaid(payoutId: string): void {
    const found = this.findPayout(payoutId);
    found.payout.txid ??= this.#host.ids.hex(32);
    this.#become(found, { state: 'Completed', from: ['AwaitingPayment'] }, 'PayoutUpdated');
  }

  cancelPayout(payoutId: string): void {
    const from: PayoutState[] = ['AwaitingApproval', 'AwaitingPayment'];
    this.#become(this.findPayout(payoutId), { state: 'Cancelled', from }, 'PayoutUpdated');
  }

  /** Nobody can claim it any more, and what was claimed and not paid is cancelled. */
  archive(pull: PullPayment): void {
    pull.isArchived = true;
    for (let open = openPayout(pull); open !== undefined; open = openPayout(pull)) this.cancelPayout(open.id);
  }

  visits(pull: PullPayment, fraction?: string): Visits {
    const open = openPayout(pull);
    const isClaimable = !pull.isArchived && remainingUnits(pull) > 0n;
    return {
      ...(isClaimable && { claim_refund: () => this.#claimByVisit(pull, fraction) }),
      ...(open !== undefined && {
        complete_refund: () => {
          if (open.state === 'AwaitingApproval') this.approve(open.id);
          this.markPaid(open.id);
        },
        fail_refund: () => this.cancelPayout(open.id),
      }),
    };
  }

  /** Of the oldest refund of the invoice for which the action makes sense. */
  visitsOf(invoice: Invoice, fraction?: string): Visits {
    return Object.assign(
      {},
      ...this.of(invoice)
        .reverse()
        .map((pull) => this.visits(pull, fraction)),
    );
  }

  #claimByVisit(pull: PullPayment, fraction: string | undefined): void {
    const units = fraction === undefined ? remainingUnits(pull) : takeFraction(pull.units, fraction);
    if (units <= 0n || units > remainingUnits(pull)) throw new VisitRefused('btcpay: so much is not left to claim');
    this.claim(pull, { units, destination: `bcrt1q${this.#host.ids.base32(38)}` });
  }

  #become(
    found: { pull: PullPayment; payout: Payout },
    to: { state: PayoutState; from: readonly PayoutState[] },
    type: string,
  ): void {
    if (!to.from.includes(found.payout.state)) {
      throw apiError(400, 'invalid-state', `The payout is ${found.payout.state}`);
    }
    found.payout.state = to.state;
    this.#announce(found, type);
  }

  #announce(about: { pull: PullPayment; payout: Payout }, type: string): void {
    const { ids } = this.#host;
    this.#host.announce(payoutEvent({ ...about, type, ids, nowMs: this.#host.now(), ...this.#webhook }));
  }
}
