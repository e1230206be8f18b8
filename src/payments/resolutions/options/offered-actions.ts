import { type Case, isLive, needsDecision } from '#cases/case.ts';
import type { Order } from '#orders/order.ts';
import { balanceOf } from '../../model/balance.ts';
import { overpaymentOf } from '../../model/overpayment.ts';
import type { Payment } from '../../model/payment.ts';
import type { Refund } from '../../model/refund.ts';
import { allowedActions, type ResolutionAction } from './resolution-actions.ts';

/** What a case is about, as it is right now. */
export interface Situation {
  order: Order | null;
  payment: Payment | null;
  payments: readonly Payment[];
  refunds: readonly Refund[];
  /** What may go back of the payment at its provider, in minor units; 0 where it cannot be asked for a refund. */
  refundableMinor: number;
  /** Whether its provider can be asked about a payment at all. */
  canAsk: boolean;
  /** Orders that the money may be for. */
  hasSuggestions: boolean;
}

/** What of the kind's actions fits the situation; each decides for itself all the same. */
export function offeredActions(one: Case, situation: Situation): ResolutionAction[] {
  if (!isLive(one) || !needsDecision(one)) return [];
  const standing = situation.order === null ? null : balanceOf(situation.order, situation.payments, situation.refunds);
  const known: Known = { ...situation, standing };
  return allowedActions[one.kind].filter((action) => fits[action](known));
}

interface Known extends Situation {
  standing: ReturnType<typeof balanceOf> | null;
}

const always = (): boolean => true;

/** The order is not paid, and an admin's word would make it so. */
const isUnpaid = ({ order }: Known): boolean =>
  order !== null && ['awaiting_payment', 'expired', 'cancelled', 'needs_attention'].includes(order.status);

/** It could still take a link. */
const isPayable = (known: Known): boolean => isUnpaid(known) && known.order?.status !== 'cancelled';

const hasMoney = ({ standing }: Known): boolean => (standing?.moneyMinor ?? 0) > 0;
const isMissing = ({ standing }: Known): boolean => (standing?.missingMinor ?? 0) > 0;
const wasDelivered = ({ order }: Known): boolean => order !== null && order.fulfilledAt !== null;

const fits: Readonly<Record<ResolutionAction, (known: Known) => boolean>> = {
  accept: isUnpaid,
  ask_rest: (known) => isPayable(known) && hasMoney(known) && isMissing(known),
  new_link: (known) => isPayable(known) && !hasMoney(known),
  refund: ({ refundableMinor }) => refundableMinor > 0,
  refund_surplus: ({ order, payment, refunds, refundableMinor }) =>
    payment !== null &&
    order !== null &&
    refundableMinor > 0 &&
    overpaymentOf(payment, { order, refunds }).amountMinor > 0,
  wait: always,
  keep: always,
  check: ({ order, canAsk }) => order !== null && canAsk,
  mark_paid: isUnpaid,
  write_off: (known) => known.order !== null && !isPartlyPaid(known),
  cancel: (known) => isPayable(known) && !hasMoney(known) && !wasDelivered(known),
  reject: ({ payment }) => payment !== null && payment.heldAt !== null,
  link_order: ({ hasSuggestions, canAsk }) => hasSuggestions && canAsk,
  dismiss: always,
  correct: ({ payment, canAsk }) => payment !== null && canAsk,
  confirm_refunded: always,
  confirm_not_refunded: always,
};

/** A part of the money is there and nothing was delivered: that is no loss, it is accepted or goes back. */
function isPartlyPaid(known: Known): boolean {
  return isPayable(known) && hasMoney(known) && !wasDelivered(known);
}
