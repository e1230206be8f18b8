import { adminActor } from '#access/admin.ts';
import { asOrderId, asPaymentId, type OrderId } from '#kernel/ids.ts';
import { acceptHeld } from '#payments/accept-held.ts';
import { getOrderDetails } from '#payments/get-order.ts';
import { rejectHeld } from '#payments/reject-held.ts';
import { personName } from '../person-name.ts';
import { orderGone } from '../verdicts.ts';
import { type HeldDecision, heldQuestion } from '../views/held-sales.ts';
import type { AdminEnv, Confirmed, TapContext } from './env.ts';
import { showOrder } from './order-cards.ts';
import { askForReason } from './reasons.ts';
import { editView } from './replies.ts';

const notHeld = 'It is not held any more.';

/** The first tap on an order's card: nothing happens until a reason is given. */
export async function askAboutHeld(
  env: AdminEnv,
  ctx: TapContext,
  input: { orderId: OrderId; decision: HeldDecision },
): Promise<string> {
  const { orderId, decision } = input;
  const details = await getOrderDetails(env, { id: orderId });
  if (details === undefined) return orderGone;
  const payment = details.payments.find(({ heldAt }) => heldAt !== null);
  if (payment === undefined) {
    await showOrder(env, { tapped: ctx, orderId });
    return notHeld;
  }
  const view = await askForReason(env, {
    adminId: ctx.from.id,
    action: decision === 'reject' ? 'sale.reject' : 'sale.accept',
    payload: { paymentId: payment.id, orderId, remembersProduct: decision === 'remember' },
    question: heldQuestion(details.order, { payment, decision }),
    back: { kind: 'order', act: 'show', id: orderId },
  });
  await editView(ctx, view);
  return '';
}

export const confirmAcceptHeld: Confirmed = async (env, tapped, { payload, reason }) => {
  const result = await acceptHeld(env, {
    paymentId: asPaymentId(String(payload['paymentId'])),
    reason: reason ?? '',
    actor: adminActor(tapped.from.id),
    adminName: personName(tapped.from),
    remembersProduct: payload['remembersProduct'] === true,
  });
  await showAgain(env, tapped, payload['orderId']);
  if (result.kind !== 'accepted') return refusal(result.kind);
  return result.remembered === null ? 'Accepted.' : `Accepted, and ${result.remembered} is in the catalogue.`;
};

export const confirmRejectHeld: Confirmed = async (env, tapped, { payload, reason }) => {
  const result = await rejectHeld(env, {
    paymentId: asPaymentId(String(payload['paymentId'])),
    reason: reason ?? '',
    actor: adminActor(tapped.from.id),
    adminName: personName(tapped.from),
  });
  await showAgain(env, tapped, payload['orderId']);
  return result.kind === 'rejected' ? 'Rejected.' : refusal(result.kind);
};

async function showAgain(env: AdminEnv, tapped: TapContext, orderId: unknown): Promise<void> {
  await showOrder(env, { tapped, orderId: asOrderId(String(orderId)) });
}

function refusal(kind: 'not_held' | 'reason_missing' | 'unknown'): string {
  if (kind === 'unknown') return orderGone;
  return kind === 'not_held' ? notHeld : 'It needs a reason.';
}
