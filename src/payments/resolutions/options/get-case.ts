import type { Case } from '#cases/case.ts';
import type { Database } from '#kernel/database.ts';
import type { Money } from '#kernel/money.ts';
import type { Order } from '#orders/order.ts';
import { overpaymentOf } from '../../model/overpayment.ts';
import type { Payment } from '../../model/payment.ts';
import type { Refund } from '../../model/refund.ts';
import { type RefundSums, sumRefunds } from '../../model/refundable.ts';
import { refuseFetch } from '../../ports/capability-refusal.ts';
import type { ProviderRegistry } from '../../ports/payment-provider.ts';
import type { PaymentStores } from '../../ports/payment-store.ts';
import { findSuggestions, type OrderSuggestion } from './find-suggestions.ts';
import { offeredActions } from './offered-actions.ts';
import type { ResolutionAction } from './resolution-actions.ts';

export interface CaseDetails {
  case: Case;
  order: Order | null;
  payment: Payment | null;
  suggestions: OrderSuggestion[];
  actions: ResolutionAction[];
  /** What each of these would ask the provider to give back now. */
  returns: Readonly<Record<'refund' | 'refund_surplus', Money>> | null;
}

/** A case with what it is about, and what may be decided about it right now; by its id or by the key of a live one. */
export function getCase(
  deps: { database: Database<PaymentStores>; providers: ProviderRegistry },
  wanted: { id: string } | { key: string },
): Promise<CaseDetails | undefined> {
  return deps.database.read(async (stores) => {
    const one = 'id' in wanted ? await stores.cases.findCase(wanted.id) : await stores.cases.findLiveCase(wanted.key);
    if (one === undefined) return undefined;
    const { order, payment } = await subjectOf(stores, one);
    const payments = order === null ? [] : await stores.payments.listPaymentsForOrder(order.id);
    const refunds = order === null ? [] : await stores.refunds.listRefundsForOrder(order.id);
    const suggestions = await findSuggestions({ stores, providers: deps.providers }, one);
    const provider = payment === null ? undefined : deps.providers.find(payment.provider);
    const sums =
      payment !== null && provider !== undefined && provider.refunds !== null
        ? sumRefunds(payment, {
            refunds: refunds.filter(({ paymentId }) => paymentId === payment.id),
            returnsOddPayments: provider.capabilities.returnsOddPayments,
          })
        : undefined;
    const situation = { order, payment, payments, refunds, canAsk: canAsk(deps.providers, { one, payment }) };
    const actions = offeredActions(one, {
      ...situation,
      refundableMinor: sums?.refundableMinor ?? 0,
      hasSuggestions: suggestions.length > 0,
    });
    const isKnown = payment !== null && order !== null && sums !== undefined;
    const returns = isKnown ? returnsOf(payment, { order, sums, refunds }) : null;
    return { case: one, order, payment, suggestions, actions, returns };
  });
}

function canAsk(providers: ProviderRegistry, { one, payment }: { one: Case; payment: Payment | null }): boolean {
  const name = one.provider ?? payment?.provider;
  const provider = name === undefined ? undefined : providers.find(name);
  return provider === undefined || refuseFetch(provider) === undefined;
}

function returnsOf(payment: Payment, about: { order: Order; sums: RefundSums; refunds: readonly Refund[] }) {
  return {
    refund: { amountMinor: about.sums.refundableMinor, currency: payment.currency },
    refund_surplus: overpaymentOf(payment, about),
  };
}

async function subjectOf(
  stores: PaymentStores,
  { orderId, paymentId }: Case,
): Promise<{ order: Order | null; payment: Payment | null }> {
  const payment = paymentId === null ? undefined : await stores.payments.findPayment(paymentId);
  const id = orderId ?? payment?.orderId;
  const order = id === undefined ? undefined : await stores.orders.findOrder(id);
  return { order: order ?? null, payment: payment ?? null };
}
