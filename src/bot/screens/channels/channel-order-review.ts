import { findProduct } from '#catalog/read-products.ts';
import { asOrderId } from '#kernel/ids.ts';
import { rememberable } from '#payments/channels/remember-product.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import { rememberOption } from '#payments/resolutions/actions/accept-payment.ts';
import { decideCase } from '#payments/resolutions/actions/decide-case.ts';
import { actingAdmin } from '../../kit/contexts.ts';
import type { At, DestinationOf } from '../../kit/destinations.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { contextOf, showView, tellInstead } from '../../kit/navigate.ts';
import { askForReason } from '../../kit/reason-dialogue.ts';
import type { Confirmed } from '../../kit/screen.ts';
import { orderGone, resolutionText } from '../../wording/result-texts.ts';
import { reviewQuestion } from './review-question.ts';

/** Asks why a channel order that is held for review is accepted or rejected: nothing happens until a reason is given. */
export async function openReview(env: AdminEnv, at: At, to: DestinationOf<'channel_order_review'>): Promise<string> {
  const { orderId, decision } = to;
  const details = await getOrderDetails(env, { id: orderId });
  if (details === undefined) return tellInstead(at, orderGone);
  const payment = details.payments.find(({ heldAt }) => heldAt !== null);
  const held = details.cases.find(({ kind }) => kind === 'payment_held');
  if (payment === undefined || held === undefined) {
    await env.navigate(at, { screen: 'order', order: { id: orderId } });
    return 'It is not held any more.';
  }
  const option = decision === 'remember' ? rememberOption : null;
  const learnt = rememberable(details.order);
  const known = learnt && (await findProduct(env, { sku: learnt.sku }));
  const view = await askForReason(env, {
    adminId: contextOf(at).from.id,
    action: decision === 'reject' ? 'sale.reject' : 'sale.accept',
    payload: { caseId: held.id, orderId, option },
    question: reviewQuestion(details.order, { payment, decision, known }),
    back: { kind: 'order', act: 'show', id: orderId },
  });
  await showView(at, view);
  return '';
}

export const confirmAccepted: Confirmed = decide('accept');
export const confirmRejected: Confirmed = decide('reject');

/** Decides the case of the order, and leaves the order's card in the message. */
function decide(action: 'accept' | 'reject'): Confirmed {
  return async (env, ctx, { payload, reason }) => {
    const option = payload['option'];
    const resolution = await decideCase(env, {
      caseId: String(payload['caseId']),
      action,
      reason: reason ?? '',
      by: actingAdmin(ctx),
      option: typeof option === 'string' ? option : null,
    });
    const id = asOrderId(String(payload['orderId']));
    await env.navigate({ edit: ctx }, { screen: 'order', order: { id } });
    return resolutionText(resolution);
  };
}
