import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { OrderId, PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { ProviderName, Trust } from '#kernel/provider-name.ts';

export const paymentStatuses = [
  'created',
  'pending',
  'paid',
  'underpaid',
  'overpaid',
  'paid_late',
  'expired',
  'failed',
  'cancelled',
  'reversed',
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/**
 * What is known of the command that creates the payment at the provider. `requested`: sent or about to be sent, and the
 * answer is not known; the payment is looked up, or the command repeated with its idempotency key, until it is.
 */
export const creationStates = ['requested', 'confirmed', 'refused'] as const;
export type CreationState = (typeof creationStates)[number];

/** How long a payment link is valid, and with it the order, unless its provider closes it sooner. */
export const paymentOpenForMs: Milliseconds = 60 * minute;

/** One attempt to collect for an order at one provider. */
export interface Payment {
  id: PaymentId;
  orderId: OrderId;
  provider: ProviderName;
  status: PaymentStatus;
  version: number;
  creation: CreationState;
  /** The amount it collects: the order's total, or what was missing of it when the payment was made. */
  currency: string;
  amountMinor: number;
  /** What the provider is asked to collect, in its own unit: an exact decimal string and its asset. */
  requestedAmount: string;
  requestedAsset: string;
  /** What the provider must receive and has received, in the unit it settles in; null until money was seen. */
  expectedAmount: string | null;
  receivedAmount: string | null;
  receivedAsset: string | null;
  /** The same in the coin that the buyer sent, as exact decimals; null until a provider reported it. */
  coinExpected: string | null;
  coinReceived: string | null;
  coinAsset: string | null;
  /**
   * What was captured for the shop, in minor units of the order's currency; 0 where the provider returns odd amounts.
   * Below zero it is not computed yet: only in a database older than this column, until `countCaptured` ran.
   */
  capturedMinor: number;
  reference: ProviderReference | null;
  /** Ids below the reference that only webhooks name; passed to the provider with every fetch. */
  details: string[];
  checkoutUrl: string | null;
  /** The provider's own words for its state, for example `Expired / PaidPartial`. */
  providerStatus: string | null;
  transactionIds: string[];
  trust: Trust | null;
  /** When the evidence that the status rests on was taken. */
  evidenceAt: Milliseconds | null;
  /** Since when the provider collects another amount than requested; null while it does not. */
  mismatchedAt: Milliseconds | null;
  /** Since when the payment is held for review and does not count, even if paid; null while it is not held. */
  heldAt: Milliseconds | null;
  /** When an admin accepted it as paid in full although underpaid, late or unconfirmed; null while nobody has. */
  acceptedAt: Milliseconds | null;
  /** Who accepted it, and why; null while nobody has. */
  acceptedBy: string | null;
  acceptedReason: string | null;
  /** The provider's fee and the net amount, both in `figuresAsset`; null until they are known. */
  feeAmount: string | null;
  netAmount: string | null;
  figuresAsset: string | null;
  /** When the provider paid it out to the shop; null until that is known. */
  settledAt: Milliseconds | null;
  /** When it was first known to be paid; kept when the payment is reversed. */
  paidAt: Milliseconds | null;
  expiresAt: Milliseconds;
  /** When it is polled next; null when nothing more is expected. */
  nextPollAt: Milliseconds | null;
  /** The lease that serializes the work on one payment: until when, and whose. */
  lockedUntil: Milliseconds | null;
  lockedBy: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
}

/** Statuses in which the customer may still pay. */
export const openPaymentStatuses = ['created', 'pending'] as const satisfies readonly PaymentStatus[];

/** Statuses in which the payment is paid in full. */
const coveringPaymentStatuses = ['paid', 'overpaid'] as const satisfies readonly PaymentStatus[];

export function isOpenPayment(payment: Pick<Payment, 'status'>): boolean {
  return (openPaymentStatuses as readonly PaymentStatus[]).includes(payment.status);
}

/** Its requested amount counts: paid in full and not held for review, or accepted by an admin and not reversed. */
export function isCoveringPayment(payment: Pick<Payment, 'status' | 'heldAt' | 'acceptedAt'>): boolean {
  if (payment.acceptedAt !== null) return payment.status !== 'reversed';
  return payment.heldAt === null && (coveringPaymentStatuses as readonly PaymentStatus[]).includes(payment.status);
}

/** Open, and collecting a wrong amount: it is still polled, and no customer is sent there. */
export function isMismatchedPayment(payment: Pick<Payment, 'status' | 'mismatchedAt'>): boolean {
  return isOpenPayment(payment) && payment.mismatchedAt !== null;
}

/** Money that would cover the order may still be received. */
export function isAwaitedPayment(payment: Pick<Payment, 'status' | 'mismatchedAt'>): boolean {
  return isOpenPayment(payment) && payment.mismatchedAt === null;
}

/** The customer has been given a link, or can be. */
export function hasLink(payment: Pick<Payment, 'status' | 'mismatchedAt' | 'creation'>): boolean {
  return isAwaitedPayment(payment) && payment.creation === 'confirmed';
}

/**
 * The payment that a customer should use, the newest first. One with a checkout is preferred to one whose creation is
 * not known yet; undefined when no payment can be made any more.
 */
export function payablePayment<Some extends Pick<Payment, 'status' | 'mismatchedAt' | 'checkoutUrl'>>(
  payments: readonly Some[],
): Some | undefined {
  const awaited = payments.filter(isAwaitedPayment);
  return awaited.findLast((payment) => payment.checkoutUrl !== null) ?? awaited.at(-1);
}

/** What is shown of a payment, beside when it was asked for last. */
const shownFields = [
  'status',
  'creation',
  'checkoutUrl',
  'providerStatus',
  'trust',
  'receivedAmount',
  'expectedAmount',
  'coinReceived',
  'coinExpected',
  'feeAmount',
  'netAmount',
  'paidAt',
  'mismatchedAt',
] as const satisfies readonly (keyof Payment)[];

/** Whether something that stands on cards differs. */
export function isShownAnew(before: Payment, after: Payment): boolean {
  return shownFields.some((field) => before[field] !== after[field]);
}
