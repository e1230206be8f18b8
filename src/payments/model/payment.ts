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
 * What is known of the command that creates the payment at the provider. `requested`: sent, or about to be, and the
 * answer is not known; it is asked about, or repeated with its idempotency key, until it is known.
 */
export const creationStates = ['requested', 'confirmed', 'refused'] as const;
export type CreationState = (typeof creationStates)[number];

/** How long a payment link is good for, and with it the order, unless its provider closes it sooner. */
export const paymentOpenForMs: Milliseconds = 60 * minute;

/** One attempt to collect for an order at one provider. */
export interface Payment {
  id: PaymentId;
  orderId: OrderId;
  provider: ProviderName;
  status: PaymentStatus;
  version: number;
  creation: CreationState;
  /** What it is to bring in: what the order asks for, or what was missing of that when it was made. */
  currency: string;
  amountMinor: number;
  /** What the provider is asked to collect, in its own unit: an exact decimal string and its asset. */
  requestedAmount: string;
  requestedAsset: string;
  /** What the provider must receive and has received, in the unit it settles in; null until money was seen. */
  expectedAmount: string | null;
  receivedAmount: string | null;
  receivedAsset: string | null;
  /** The same in the coin that the buyer sent, as exact decimals; null until a provider told. */
  coinExpected: string | null;
  coinReceived: string | null;
  coinAsset: string | null;
  /**
   * What the shop was credited with, in minor units of the order's currency; 0 where the provider sends odd money back.
   * Below zero it is not worked out yet: only in a database from before there was such a figure, until `countCaptured`.
   */
  capturedMinor: number;
  reference: ProviderReference | null;
  /** Ids below the reference that only webhooks told of; handed to the provider with every look. */
  details: string[];
  checkoutUrl: string | null;
  /** The provider's own words for its state, for example `Expired / PaidPartial`. */
  providerStatus: string | null;
  transactionIds: string[];
  trust: Trust | null;
  /** When the evidence that the status rests on was taken. */
  evidenceAt: Milliseconds | null;
  /** Since when the provider collects something else than it was asked for; null while it does not. */
  mismatchedAt: Milliseconds | null;
  /** Since when it waits for a person's word before it counts, however well it is paid; null while it does not. */
  heldAt: Milliseconds | null;
  /** When a person took it for payment in full although it came short, late or unproven; null while nobody has. */
  acceptedAt: Milliseconds | null;
  /** Who that was, and why; null while nobody has. */
  acceptedBy: string | null;
  acceptedReason: string | null;
  /** What the provider kept and what it passed on, both in `figuresAsset`; null until it told. */
  feeAmount: string | null;
  netAmount: string | null;
  figuresAsset: string | null;
  /** When the provider paid it out to the shop; null until it told. */
  settledAt: Milliseconds | null;
  /** When the money was first known to be there; stays when the payment is reversed. */
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

/** Statuses in which money may still come without anybody doing something. */
export const openPaymentStatuses = ['created', 'pending'] as const satisfies readonly PaymentStatus[];

/** Statuses in which the money is there in full. */
const coveringPaymentStatuses = ['paid', 'overpaid'] as const satisfies readonly PaymentStatus[];

export function isOpenPayment(payment: Pick<Payment, 'status'>): boolean {
  return (openPaymentStatuses as readonly PaymentStatus[]).includes(payment.status);
}

/** What it asked for is there: in full and not held back, or because a person vouched for it and nothing was taken back. */
export function isCoveringPayment(payment: Pick<Payment, 'status' | 'heldAt' | 'acceptedAt'>): boolean {
  if (payment.acceptedAt !== null) return payment.status !== 'reversed';
  return payment.heldAt === null && (coveringPaymentStatuses as readonly PaymentStatus[]).includes(payment.status);
}

/** Open, and asking for the wrong sum: it is looked at all the same, and no customer is sent there. */
export function isMismatchedPayment(payment: Pick<Payment, 'status' | 'mismatchedAt'>): boolean {
  return isOpenPayment(payment) && payment.mismatchedAt !== null;
}

/** Money may still come that would cover the order. */
export function isAwaitedPayment(payment: Pick<Payment, 'status' | 'mismatchedAt'>): boolean {
  return isOpenPayment(payment) && payment.mismatchedAt === null;
}

/**
 * The payment that a customer is to use, the newest first. One with a checkout goes before one whose creation is not
 * known yet; undefined when no money can come any more.
 */
export function payablePayment<Some extends Pick<Payment, 'status' | 'mismatchedAt' | 'checkoutUrl'>>(
  payments: readonly Some[],
): Some | undefined {
  const awaited = payments.filter(isAwaitedPayment);
  return awaited.findLast((payment) => payment.checkoutUrl !== null) ?? awaited.at(-1);
}
