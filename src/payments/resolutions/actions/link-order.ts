import type { ActingAdmin } from '#access/acting-admin.ts';
import { paymentKinds } from '#cases/case.ts';
import { resolveOrderCases } from '#cases/resolve-case.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Database } from '#kernel/database.ts';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { MoneyInvalid, parseMinorFloor } from '#kernel/money.ts';
import { causeOf } from '#kernel/transaction-context.ts';
import { formatOrderNumber, type Order, parseOrderNumber } from '#orders/order.ts';
import { adoptPayment } from '../../collect/new-payment.ts';
import { applyOrderEvent, decideOrderEvent } from '../../lifecycle/change-order.ts';
import type { SnapshotDeps } from '../../lifecycle/deps.ts';
import { settleAttention } from '../../lifecycle/settle-attention.ts';
import type { Payment } from '../../model/payment.ts';
import { countsAgainstCaptured } from '../../model/refund.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import { refuseFetch } from '../../ports/capability-refusal.ts';
import { failureWords } from '../../ports/failure-words.ts';
import type { PaymentProvider, ProviderRegistry } from '../../ports/payment-provider.ts';
import type { PaymentStores, PaymentTx } from '../../ports/payment-store.ts';
import { ProviderError } from '../../ports/provider-errors.ts';
import { refreshPayment } from '../../sync/refresh-payment.ts';
import { type Asked, decideCaseIn, type Resolution, type Resolver, settleCase } from './resolution.ts';
import { type ResolutionRefusal, refused } from './resolution-refusal.ts';

/** An unmatched payment is taken into the records of an order; what it is worth, its provider says. */
export const linkToOrder: Resolver = async (deps, asked) => {
  const looked = await lookThere(deps, asked);
  if ('kind' in looked) return looked;
  const { provider, snapshot } = looked;
  const resolution = await decideCaseIn(deps, { asked, action: 'link_order' }, async ({ tx, one, reason }) => {
    const order = await tx.stores.orders.findOrderByNumber(parseOrderNumber(asked.option ?? '') ?? 0);
    if (order === undefined) return refused({ code: 'unknown_order' });
    const { reference } = snapshot;
    const known = await tx.stores.payments.findPaymentByReference({ provider: provider.name, reference });
    if (known !== undefined) return refused({ code: 'belongs_to_order' });
    const amountMinor = amountFor(order, { provider, snapshot });
    if (amountMinor === undefined) {
      return refused({ code: 'other_currency', requested: snapshot.requested, currency: order.currency });
    }
    const payment = await adoptPayment(tx, { order, snapshot, amountMinor });
    const words = `linked it to ${formatOrderNumber(order.number)}`;
    const decided = { one, orderId: order.id, action: 'link_order', words } as const;
    await settleCase(tx, { ...decided, by: asked.by, reason, undo: { paymentId: payment.id } });
    return { kind: 'decided', code: 'linked', orderNumber: order.number };
  });
  if (resolution.kind === 'decided') await lookAgain(deps, { snapshot, actor: asked.by.actor });
  return resolution;
};

/** It is due to be polled in any case; asking at once shows the admin what it brought. */
async function lookAgain(deps: SnapshotDeps, { snapshot, actor }: { snapshot: PaymentSnapshot; actor: Actor }) {
  const linked = await deps.database.read((stores) => stores.payments.findPaymentByReference(snapshot));
  const cause = causeOf(actor);
  if (linked !== undefined) await refreshPayment(deps, { paymentId: linked.id, cause });
}

async function lookThere(
  deps: { database: Database<PaymentStores>; providers: ProviderRegistry },
  asked: Asked,
): Promise<{ provider: PaymentProvider; snapshot: PaymentSnapshot } | Resolution> {
  const one = await deps.database.read((stores) => stores.cases.findCase(asked.caseId));
  if (one === undefined) return { kind: 'unknown' };
  const provider = one.provider === null ? undefined : deps.providers.find(one.provider);
  const notAsked = provider && refuseFetch(provider);
  if (notAsked !== undefined) return refused(notAsked);
  if (provider === undefined || one.reference === null) return refused({ code: 'provider_missing' });
  try {
    return { provider, snapshot: await provider.fetchPayment(asProviderReference(one.reference)) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return refused({ code: 'provider_failed', provider: provider.name, message: failureWords(error) });
  }
}

/** What it is to bring in, where the provider asks for this order's currency in that very asset. */
function amountFor(order: Order, there: { provider: PaymentProvider; snapshot: PaymentSnapshot }): number | undefined {
  const { requested } = there.snapshot;
  if (requested.asset !== order.currency && there.provider.quote(order)?.asset !== requested.asset) return undefined;
  try {
    return parseMinorFloor(requested.amount, order.currency);
  } catch (error) {
    if (error instanceof MoneyInvalid) return undefined;
    throw error;
  }
}

/** Takes the payment out of the order again; a refusal when that cannot be done any more, and then nothing was changed. */
export async function unlinkOrder(
  tx: PaymentTx,
  input: { undo: JsonObject; by: ActingAdmin },
): Promise<ResolutionRefusal | undefined> {
  const { undo, by } = input;
  const payment = await tx.stores.payments.findPayment(asPaymentId(String(undo['paymentId'])));
  const order = payment && (await tx.stores.orders.findOrder(payment.orderId));
  if (payment === undefined || order === undefined) return { code: 'payment_vanished' };
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  if (refunds.some(countsAgainstCaptured)) return { code: 'money_refunded' };
  const change: Partial<Payment> & { status: 'cancelled'; updatedAt: number } = {
    status: 'cancelled',
    creation: 'refused',
    reference: null,
    capturedMinor: 0,
    nextPollAt: null,
    acceptedAt: null,
    acceptedBy: null,
    acceptedReason: null,
    updatedAt: tx.clock.now(),
  };
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const all = payments.map((other) => (other.id === payment.id ? { ...other, ...change } : other));
  const asked = { order, payments: all, event: 'acceptance_withdrawn', paymentId: payment.id } as const;
  const decision = await decideOrderEvent(tx, asked);
  const isOpen = order.status === 'awaiting_payment' || order.status === 'expired' || order.status === 'cancelled';
  if (decision.kind === 'refused' && !isOpen) return { code: 'order_has_changed' };
  await tx.stores.payments.changePayment(payment, change);
  const text = `${by.name} took the link to this order back`;
  const about = { orderId: order.id, paymentId: payment.id };
  await resolveOrderCases(tx, { ...about, kinds: paymentKinds, by: `${text}.` });
  if (decision.kind !== 'refused') await applyOrderEvent(tx, { ...asked, trust: null, text });
  await settleAttention(tx, order.id);
  return undefined;
}
