import { formatUnits } from '../decimal.ts';
import type { RandomIds } from '../ids.ts';
import { btc, type Invoice, seconds } from './invoice.ts';

// BTCPay: Pull payments and payouts, as the API shows them.

export type PayoutState = 'AwaitingApproval' | 'AwaitingPayment' | 'InProgress' | 'Completed' | 'Cancelled';

export interface Payout {
  readonly id: string;
  readonly createdAtMs: number;
  readonly destination: string;
  /** In the currency of the pull payment. */
  readonly units: bigint;
  state: PayoutState;
  txid?: string;
}

export interface PullPaymentRequest {
  readonly name: string;
  readonly description: string | null;
  readonly currency: string;
  readonly places: number;
  readonly units: bigint;
  readonly autoApproveClaims: boolean;
}

export interface PullPayment extends PullPaymentRequest {
  readonly id: string;
  readonly invoice: Invoice;
  readonly createdAtMs: number;
  /** Made on the server's pages. */
  readonly isByHand: boolean;
  isArchived: boolean;
  readonly payouts: Payout[];
}

export const payoutMethod = 'BTC-CHAIN';

export function newPullPayment(
  request: PullPaymentRequest & Pick<PullPayment, 'isByHand'>,
  about: { ids: RandomIds; invoice: Invoice; nowMs: number },
): PullPayment {
  return {
    ...request,
    id: about.ids.base58(28),
    invoice: about.invoice,
    createdAtMs: about.nowMs,
    isArchived: false,
    payouts: [],
  };
}

/** What nobody has claimed yet. */
export function remainingUnits({ units, payouts }: PullPayment): bigint {
  return payouts.filter(({ state }) => state !== 'Cancelled').reduce((rest, payout) => rest - payout.units, units);
}

export function openPayout({ payouts }: PullPayment): Payout | undefined {
  return payouts.find(({ state }) => state === 'AwaitingApproval' || state === 'AwaitingPayment');
}

/** The status for the pages and tests; the API has none of its own. */
export function statusOf(pull: PullPayment): string {
  const open = openPayout(pull);
  if (open !== undefined) return open.state;
  if (pull.isArchived) return 'Archived';
  return remainingUnits(pull) === 0n ? 'Completed' : 'Unclaimed';
}

export function viewLink(pull: PullPayment, origin: string): string {
  return `${origin}/btcpay/pull-payments/${pull.id}`;
}

export function pullPaymentData(pull: PullPayment, origin: string) {
  return {
    startsAt: seconds(pull.createdAtMs),
    expiresAt: null,
    archived: pull.isArchived,
    viewLink: viewLink(pull, origin),
    id: pull.id,
    name: pull.name,
    description: pull.description,
    currency: pull.currency,
    amount: formatUnits(pull.units, pull.places),
    BOLT11Expiration: '30',
    autoApproveClaims: pull.autoApproveClaims,
  };
}

export function payoutData(pull: PullPayment, payout: Payout) {
  return {
    date: seconds(payout.createdAtMs),
    id: payout.id,
    pullPaymentId: pull.id,
    destination: payout.destination,
    payoutMethodId: payoutMethod,
    originalCurrency: pull.currency,
    originalAmount: formatUnits(payout.units, pull.places),
    payoutCurrency: 'BTC',
    // The rate is fixed by the approval.
    payoutAmount: payout.state === 'AwaitingApproval' ? null : coinAmount(pull, payout),
    state: payout.state,
    revision: 0,
    paymentProof: payout.txid === undefined ? null : proof(payout.txid),
    metadata: {},
  };
}

function coinAmount(pull: PullPayment, { units }: Payout): string {
  return pull.currency === 'BTC' ? formatUnits(units, pull.places) : btc(pull.invoice, units);
}

/** With capital letters, as the on-chain handler of 2.4 writes it. */
function proof(txid: string) {
  return { Accounted: true, ProofType: 'PayoutTransactionOnChainBlob', Candidates: [txid], TransactionId: txid };
}
