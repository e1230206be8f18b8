// Every change of a refund is made here: decision, compare-and-set, timeline, event for the shop, the order's status,
// and the cases that are raised and resolved.
import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { assert } from '#kernel/invariant.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Trust } from '#kernel/provider-name.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import { announceRefund } from '../lifecycle/announce.ts';
import { applyRefundsToOrder } from '../lifecycle/apply-refunds.ts';
import { applyOrderEvent } from '../lifecycle/change-order.ts';
import { resolveOverpayments } from '../lifecycle/raise-for-snapshot.ts';
import { settleAttention } from '../lifecycle/settle-attention.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import { decideRefund, type RefundEvent } from '../model/decide-refund.ts';
import { isOpenRefund, type Refund, type RefundStatus } from '../model/refund.ts';
import { nextRefundPollAt } from '../model/refund-schedule.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { RefundChange } from '../ports/refund-store.ts';
import { reopenForRefund } from './reopen-for-refund.ts';

export interface RefundEventInput {
  refund: Refund;
  event: RefundEvent;
  /** What else is known: the provider's words, its id, the claim address. */
  facts?: Omit<RefundChange, 'status' | 'updatedAt' | 'settledAt' | 'nextPollAt'>;
  /** When it is polled next, where the schedule does not decide. */
  nextPollAt?: number | null;
  /** Why, in a sentence for the timeline. */
  text: string;
  /** The trust of the snapshot that caused it; without it, `fetched`. */
  trust?: Trust;
}

export type RefundChanged = { kind: 'changed' | 'unchanged'; refund: Refund } | { kind: 'refused' };

export async function applyRefundEvent(
  deps: { tx: PaymentTx; providers: ProviderRegistry },
  input: RefundEventInput,
): Promise<RefundChanged> {
  const { tx } = deps;
  const { refund } = input;
  // What an admin states rests on no evidence.
  const trust = input.event.startsWith('seen_') ? (input.trust ?? 'fetched') : null;
  const decision = decideRefund(refund.status, input.event);
  if (decision.kind === 'refused') return { kind: 'refused' };
  const to = decision.kind === 'changed' ? decision.to : refund.status;
  const after = await storeRefund(tx, { ...input, to });
  if (decision.kind === 'unchanged') {
    // What the provider says of it stands on the card, and where the buyer claims it.
    await redrawOrderCards(tx, refund.orderId);
    return { kind: 'unchanged', refund: after };
  }
  const order = await tx.stores.orders.findOrder(refund.orderId);
  assert(order !== undefined, `order of refund ${refund.id} vanished`);
  await writeTimeline(tx, {
    order,
    paymentId: refund.paymentId,
    subject: 'refund',
    from: refund.status,
    to,
    trust,
    text: `refund of ${formatMoney(refund)} ${input.text}`,
  });
  await endEarlierCases(tx, after);
  const changed = await applyRefundToOrder(tx, { order, before: refund, refund: after, trust });
  if (to === 'succeeded') await announceRefund(tx, { order: changed, refund: after });
  if (to === 'failed' && input.event !== 'confirmed_not_refunded')
    await raiseRefundCase(tx, { order: changed, refund: after, kind: 'refund_failed' });
  if (to === 'failed' || to === 'cancelled') await reopenForRefund(tx, { order: changed, refund: after });
  await settleAttention(tx, changed.id);
  await redrawOrderCards(tx, changed.id);
  return { kind: 'changed', refund: after };
}

async function storeRefund(tx: PaymentTx, input: RefundEventInput & { to: RefundStatus }): Promise<Refund> {
  const { refund, to } = input;
  const now = tx.clock.now();
  const next = { ...refund, ...input.facts, status: to };
  const change: RefundChange = {
    ...input.facts,
    status: to,
    updatedAt: now,
    nextPollAt: input.nextPollAt === undefined ? nextRefundPollAt(next, now) : input.nextPollAt,
    settledAt: isOpenRefund(next) ? null : (refund.settledAt ?? now),
  };
  return tx.stores.refunds.changeRefund(refund, change);
}

async function applyRefundToOrder(
  tx: PaymentTx,
  input: { order: Order; before: Refund; refund: Refund; trust: Trust | null },
): Promise<Order> {
  const { order, before, refund, trust } = input;
  const isThere = refund.status === 'succeeded';
  if (!isThere && before.status !== 'succeeded') return order;
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  if (isThere) {
    const text = `${formatMoney(refund)} refunded: ${refund.reason}`;
    const after = await applyRefundsToOrder(tx, { order, payments, trust, text });
    await resolveOverpayments(tx, { order: after, payments });
    return after;
  }
  const text = `a refund of ${formatMoney(refund)} failed after it was sent`;
  const applied = { order, payments, paymentId: null, trust, event: 'refund_undone', text } as const;
  return (await applyOrderEvent(tx, applied)).order;
}

async function endEarlierCases(tx: PaymentTx, refund: Refund): Promise<void> {
  const by = `The refund is ${refund.status.replaceAll('_', ' ')}.`;
  await resolveCase(tx, { key: `refund_unknown:${refund.id}`, by });
  if (refund.status !== 'failed') await resolveCase(tx, { key: `refund_failed:${refund.id}`, by });
  if (refund.status === 'succeeded') await endEarlierTries(tx, refund);
}

/** A failed refund needs no decision once refunds requested after it have returned as much. */
async function endEarlierTries(tx: PaymentTx, refund: Refund): Promise<void> {
  const all = await tx.stores.refunds.listRefundsForPayment(refund.paymentId);
  for (const failed of all.filter(({ status }) => status === 'failed')) {
    const failedAt = failed.settledAt ?? failed.updatedAt;
    const since = all.filter(({ status, createdAt }) => status === 'succeeded' && createdAt >= failedAt);
    const wentBackMinor = since.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    if (wentBackMinor < failed.amountMinor) continue;
    await resolveCase(tx, { key: `refund_failed:${failed.id}`, by: 'A later refund returned as much.' });
  }
}

const headlines = {
  refund_failed: { severity: 'warning', headline: 'Refund failed' },
  refund_unknown: { severity: 'critical', headline: 'Unknown whether a refund was carried out' },
} as const;

export async function raiseRefundCase(
  tx: PaymentTx,
  input: { order: Order; refund: Refund; kind: keyof typeof headlines },
): Promise<void> {
  const { order, refund, kind } = input;
  const { severity, headline } = headlines[kind];
  const { provider, reference, paymentId } = refund;
  await raiseCase(tx, {
    key: `${kind}:${refund.id}`,
    kind,
    severity,
    provider,
    reference,
    orderId: order.id,
    paymentId,
    refundId: refund.id,
    facts: {
      headline,
      orderNumber: formatOrderNumber(order.number),
      amount: formatMoney(refund),
      detail: `Reason: ${refund.reason}`,
      why: refund.providerStatus ?? `${providerTitle(provider)} gave no answer.`,
    },
    actions: ['check_again', 'open_order'],
  });
}
