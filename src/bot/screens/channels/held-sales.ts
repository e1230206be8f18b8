import { asOrderId, type OrderId } from '#kernel/ids.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import { rememberOption } from '#payments/resolutions/actions/accept-payment.ts';
import { decideCase } from '#payments/resolutions/actions/decide-case.ts';
import type { AdminEnv, CallbackContext, Confirmed } from '../../kit/env.ts';
import { askForReason } from '../../kit/reasons.ts';
import { editView } from '../../kit/replies.ts';
import { orderGone } from '../../kit/result-texts.ts';
import { personOf, resolutionText } from '../cases/exception-cards.ts';
import { showOrder } from '../orders/order-cards.ts';
import { type HeldDecision, heldQuestion } from './held-sales-view.ts';

/** The first tap on an order's card: nothing happens until a reason is given. */
export async function askAboutHeld(
  env: AdminEnv,
  ctx: CallbackContext,
  input: { orderId: OrderId; decision: HeldDecision },
): Promise<string> {
  const { orderId, decision } = input;
  const details = await getOrderDetails(env, { id: orderId });
  if (details === undefined) return orderGone;
  const payment = details.payments.find(({ heldAt }) => heldAt !== null);
  const held = details.cases.find(({ kind }) => kind === 'payment_held');
  if (payment === undefined || held === undefined) {
    await showOrder(env, { tapped: ctx, orderId });
    return 'It is not held any more.';
  }
  const option = decision === 'remember' ? rememberOption : null;
  const view = await askForReason(env, {
    adminId: ctx.from.id,
    action: decision === 'reject' ? 'sale.reject' : 'sale.accept',
    payload: { caseId: held.id, orderId, option },
    question: heldQuestion(details.order, { payment, decision }),
    back: { kind: 'order', act: 'show', id: orderId },
  });
  await editView(ctx, view);
  return '';
}

export const confirmAcceptHeld: Confirmed = decide('accept');
export const confirmRejectHeld: Confirmed = decide('reject');

/** Decides about the exception of the sale, and leaves the order's card in the message. */
function decide(action: 'accept' | 'reject'): Confirmed {
  return async (env, tapped, { payload, reason }) => {
    const option = payload['option'];
    const resolution = await decideCase(env, {
      caseId: String(payload['caseId']),
      action,
      reason: reason ?? '',
      by: personOf(tapped),
      option: typeof option === 'string' ? option : null,
    });
    await showOrder(env, { tapped, orderId: asOrderId(String(payload['orderId'])) });
    return resolutionText(resolution);
  };
}
