import type { Actor } from '#kernel/actor.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { Money } from '#kernel/money.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import type { RefundDeps } from '../lifecycle/deps.ts';
import { getOrderDetails, type OrderDetails } from '../lifecycle/get-order.ts';
import { isCoveringPayment, type Payment } from '../model/payment.ts';
import { type RefundSums, sumRefunds } from '../model/refundable.ts';
import { type RefundCapabilityRefusal, refuseRefund } from '../ports/capability-refusal.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import { type RefundDraft, type RefundRequested, requestRefund } from './request-refund.ts';

export type OrderRefunded =
  | RefundRequested
  | { kind: 'unknown_order' }
  | { kind: 'refused'; code: 'no_payment'; status: OrderStatus };

/** What can be refunded of one payment of an order. */
export interface RefundablePayment extends RefundSums {
  payment: Payment;
}

/** The order's payments that have refundable money, the most likely one to be refunded first. */
export function refundablePayments(providers: ProviderRegistry, details: PaidDetails): RefundablePayment[] {
  return paymentsWithMoney(providers, details)
    .filter(({ canRefund }) => canRefund)
    .sort(byLikelihood);
}

/** Why what is left on the order cannot be refunded from here, once for each provider that has it. */
export function refundRefusals(providers: ProviderRegistry, details: PaidDetails): RefundCapabilityRefusal[] {
  const left = paymentsWithMoney(providers, details).filter(({ canRefund }) => !canRefund);
  const holders = new Set(left.flatMap(({ payment }) => providers.find(payment.provider) ?? []));
  return [...holders].flatMap((provider) => refuseRefund(provider) ?? []);
}

type PaidDetails = Pick<OrderDetails, 'payments' | 'refunds'>;

function paymentsWithMoney(
  providers: ProviderRegistry,
  { payments, refunds }: PaidDetails,
): (RefundablePayment & { canRefund: boolean })[] {
  const all = payments.map((payment) => {
    const provider = providers.find(payment.provider);
    const sums = sumRefunds(payment, {
      refunds: refunds.filter(({ paymentId }) => paymentId === payment.id),
      returnsOddPayments: provider?.capabilities.returnsOddPayments ?? false,
    });
    return { payment, canRefund: provider !== undefined && provider.refunds !== null, ...sums };
  });
  return all.filter(({ refundableMinor }) => refundableMinor > 0);
}

/** A duplicate is refunded before the payment that covers the order only where an admin says so. */
function byLikelihood(left: RefundablePayment, right: RefundablePayment): number {
  const covers = ({ payment }: RefundablePayment): number => Number(isCoveringPayment(payment));
  return covers(right) - covers(left) || right.refundableMinor - left.refundableMinor;
}

/** Refunds money of an order: of the named payment, else of the most likely one. */
export async function refundOrder(
  deps: RefundDeps,
  input: {
    orderId: OrderId;
    paymentId: PaymentId | null;
    amount: Money | 'all';
    reason: string;
    actor: Actor;
    request?: RefundDraft['request'];
  },
): Promise<OrderRefunded> {
  const details = await getOrderDetails(deps, { id: input.orderId });
  if (details === undefined) return { kind: 'unknown_order' };
  const payment = choose(deps.providers, { details, paymentId: input.paymentId });
  if (payment === undefined) return nothingToRefund(details.order, input.paymentId);
  const { amount, reason, actor, request } = input;
  return requestRefund(deps, { paymentId: payment.id, amount, reason, actor, ...(request && { request }) });
}

function choose(
  providers: ProviderRegistry,
  { details, paymentId }: { details: OrderDetails; paymentId: PaymentId | null },
): Payment | undefined {
  if (paymentId !== null) return details.payments.find(({ id }) => id === paymentId);
  // Without refundable money the last payment is tried, so that the refusal says why.
  return refundablePayments(providers, details)[0]?.payment ?? details.payments.findLast(hasRefunds(details));
}

/** A repeat of the request that refunded the last of the money must find its refund. */
function hasRefunds({ refunds }: OrderDetails): (payment: Payment) => boolean {
  return ({ id }) => refunds.length === 0 || refunds.some(({ paymentId }) => paymentId === id);
}

function nothingToRefund(order: Order, paymentId: PaymentId | null): OrderRefunded {
  if (paymentId !== null) return { kind: 'refused', code: 'unknown_payment' };
  return { kind: 'refused', code: 'no_payment', status: order.status };
}
