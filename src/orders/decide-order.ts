// What an order becomes when something happens to it or to one of its payments. An order counts as paid when its payments
// cover it or an admin accepts it; everything that an admin has to review ends in `needs_attention`.
import type { OrderStatus } from './order.ts';

export const orderEvents = [
  'payment_paid',
  'payment_short',
  'payment_late',
  'payment_reversed',
  'payment_expired',
  'payment_cancelled',
  'payment_failed',
  'payment_unconfirmed',
  'payment_mismatched',
  'payment_held',
  'payment_rejected',
  'expire',
  'cancel',
  'fulfil',
  'reopen',
  'refunded_in_part',
  'refunded_in_full',
  'refund_undone',
  'rest_asked',
  'accepted',
  'acceptance_withdrawn',
  'written_off',
  'write_off_withdrawn',
  'attention_over',
] as const;
export type OrderEvent = (typeof orderEvents)[number];

export interface OrderContext {
  /** The goods were delivered already. */
  wasFulfilled: boolean;
  /** The order's other payments cover it. */
  isCovered: boolean;
  /** Another payment of the order may still be paid. */
  hasOpenPayment: boolean;
  /** A part of the money was captured: such an order neither expires nor is cancelled as if it were unpaid. */
  hasMoney: boolean;
}

export type OrderDecision =
  | { kind: 'changed'; to: OrderStatus }
  | { kind: 'unchanged' }
  /** The event asks for something that this status does not allow. */
  | { kind: 'refused' }
  /** Money that was not expected: the order is paid already, or cancelled or refunded. */
  | { kind: 'unexpected_money'; to: OrderStatus };

const unchanged: OrderDecision = { kind: 'unchanged' };
const refused: OrderDecision = { kind: 'refused' };
const changed = (to: OrderStatus): OrderDecision => ({ kind: 'changed', to });

export function decideOrder(status: OrderStatus, event: OrderEvent, context: OrderContext): OrderDecision {
  switch (event) {
    case 'payment_paid':
      return whenPaid(status, context);
    case 'payment_short':
    case 'payment_late':
    case 'payment_held':
      return whenIrregular(status, context);
    case 'payment_mismatched':
    case 'payment_unconfirmed':
      return mustBeReviewed(status) ? changed('needs_attention') : unchanged;
    case 'payment_reversed':
      return whenReversed(status, context);
    case 'payment_expired':
      return whenEndedUnpaid(status, 'expired', context);
    case 'payment_cancelled':
      return whenEndedUnpaid(status, 'cancelled', context);
    case 'payment_failed':
      return unchanged;
    case 'expire':
      return status === 'awaiting_payment' && isAlone(context) ? whenEndedUnpaid(status, 'expired', context) : refused;
    case 'cancel':
      return whenCancelled(status, context);
    case 'fulfil':
      return whenFulfilled(status, context);
    case 'reopen':
      return whenReopened(status);
    case 'refunded_in_part':
      return status === 'paid' || status === 'fulfilled' ? changed('partially_refunded') : unchanged;
    case 'refunded_in_full':
      return isSettled(status) || status === 'needs_attention' ? changed('refunded') : unchanged;
    case 'refund_undone':
      return status === 'partially_refunded' || status === 'refunded' ? changed('needs_attention') : unchanged;
    case 'payment_rejected':
      return whenRejected(status, context);
    case 'rest_asked':
      return whenRestAsked(status, context);
    case 'accepted':
      return whenAccepted(status, context);
    case 'acceptance_withdrawn':
      return whenAcceptanceWithdrawn(status, context);
    case 'written_off':
      return whenWrittenOff(status, context);
    case 'write_off_withdrawn':
      return status === 'fulfilled' || status === 'cancelled' ? changed('needs_attention') : refused;
    case 'attention_over':
      return status === 'needs_attention' ? whenNothingIsWrong(context) : unchanged;
    default:
      return event satisfies never;
  }
}

function whenPaid(status: OrderStatus, context: OrderContext): OrderDecision {
  switch (status) {
    case 'awaiting_payment':
    case 'expired':
      return changed('paid');
    case 'needs_attention':
      return changed(context.wasFulfilled ? 'fulfilled' : 'paid');
    case 'paid':
    case 'fulfilled':
      return context.isCovered ? { kind: 'unexpected_money', to: status } : unchanged;
    case 'cancelled':
      return { kind: 'unexpected_money', to: 'needs_attention' };
    case 'partially_refunded':
      return context.isCovered ? { kind: 'unexpected_money', to: status } : unchanged;
    case 'refunded':
      return context.isCovered || context.hasMoney ? { kind: 'unexpected_money', to: status } : unchanged;
    default:
      return status satisfies never;
  }
}

/** A payment is underpaid, late or held for review. For an order that is covered it is unexpected money, whatever its amount. */
function whenIrregular(status: OrderStatus, context: OrderContext): OrderDecision {
  if (mustBeReviewed(status)) return changed('needs_attention');
  return context.isCovered ? { kind: 'unexpected_money', to: status } : unchanged;
}

function whenReversed(status: OrderStatus, context: OrderContext): OrderDecision {
  if (context.isCovered) return unchanged;
  switch (status) {
    case 'awaiting_payment':
    case 'expired':
    case 'paid':
    case 'fulfilled':
    case 'partially_refunded':
      return changed('needs_attention');
    case 'needs_attention':
    case 'cancelled':
    case 'refunded':
      return unchanged;
    default:
      return status satisfies never;
  }
}

/** The last open payment ended unpaid. Where a part was paid already, an admin has to decide. */
function whenEndedUnpaid(status: OrderStatus, to: 'expired' | 'cancelled', context: OrderContext): OrderDecision {
  if (status !== 'awaiting_payment' || !isAlone(context)) return unchanged;
  return changed(context.hasMoney ? 'needs_attention' : to);
}

function whenCancelled(status: OrderStatus, { hasMoney, isCovered, wasFulfilled }: OrderContext): OrderDecision {
  if (hasMoney || isCovered) return refused;
  return isWaiting(status) || (status === 'needs_attention' && !wasFulfilled) ? changed('cancelled') : refused;
}

/** An admin rejected a held payment. An order that was delivered already, or may still be paid, stays to be reviewed. */
function whenRejected(status: OrderStatus, context: OrderContext): OrderDecision {
  return status === 'needs_attention' && !context.wasFulfilled && isAlone(context) ? changed('cancelled') : unchanged;
}

/** A payment of the shortfall was requested: the order awaits payment again, unless it was fulfilled already. */
function whenRestAsked(status: OrderStatus, { wasFulfilled }: OrderContext): OrderDecision {
  if (status === 'needs_attention') return wasFulfilled ? unchanged : changed('awaiting_payment');
  return whenReopened(status);
}

/** An admin accepts it as paid, whatever the providers say. */
function whenAccepted(status: OrderStatus, { wasFulfilled }: OrderContext): OrderDecision {
  switch (status) {
    case 'awaiting_payment':
    case 'expired':
    case 'cancelled':
    case 'needs_attention':
      return changed(wasFulfilled ? 'fulfilled' : 'paid');
    case 'paid':
    case 'fulfilled':
      return unchanged;
    case 'partially_refunded':
    case 'refunded':
      return refused;
    default:
      return status satisfies never;
  }
}

/** An admin takes the acceptance back, as long as nothing was delivered and nothing was refunded. */
function whenAcceptanceWithdrawn(status: OrderStatus, { isCovered, wasFulfilled }: OrderContext): OrderDecision {
  if (status === 'needs_attention') return unchanged;
  if (status !== 'paid' || wasFulfilled) return refused;
  return isCovered ? unchanged : changed('needs_attention');
}

/** The missing money is written off: the order is cancelled, or stays fulfilled at a loss where its goods were delivered. */
function whenWrittenOff(status: OrderStatus, { hasMoney, isCovered, wasFulfilled }: OrderContext): OrderDecision {
  if (status === 'cancelled') return unchanged;
  if (isCovered || !(isWaiting(status) || status === 'needs_attention')) return refused;
  if (wasFulfilled) return changed('fulfilled');
  return hasMoney ? refused : changed('cancelled');
}

/** What needed attention is over, and nobody had to decide: the order goes on as its payments say. */
function whenNothingIsWrong({ isCovered, hasMoney, wasFulfilled, hasOpenPayment }: OrderContext): OrderDecision {
  if (isCovered) return changed(wasFulfilled ? 'fulfilled' : 'paid');
  if (hasMoney || wasFulfilled) return unchanged;
  return changed(hasOpenPayment ? 'awaiting_payment' : 'expired');
}

/** An order that is delivered after a partial refund stays partially refunded, which says more. */
function whenFulfilled(status: OrderStatus, { wasFulfilled }: OrderContext): OrderDecision {
  if (status === 'paid') return changed('fulfilled');
  return status === 'partially_refunded' && !wasFulfilled ? changed('partially_refunded') : refused;
}

function whenReopened(status: OrderStatus): OrderDecision {
  if (status === 'expired') return changed('awaiting_payment');
  return status === 'awaiting_payment' || status === 'needs_attention' ? unchanged : refused;
}

function isWaiting(status: OrderStatus): boolean {
  return status === 'awaiting_payment' || status === 'expired';
}

/** The order was paid and not fully refunded. */
function isSettled(status: OrderStatus): boolean {
  return status === 'paid' || status === 'fulfilled' || status === 'partially_refunded';
}

/** A payment that does not simply cover such an order has to be reviewed by an admin. */
function mustBeReviewed(status: OrderStatus): boolean {
  return isWaiting(status) || status === 'cancelled';
}

function isAlone(context: OrderContext): boolean {
  return !context.hasOpenPayment && !context.isCovered;
}
