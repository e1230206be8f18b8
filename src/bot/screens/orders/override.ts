import { asOrderId } from '#kernel/ids.ts';
import type { OrderDetails } from '#payments/lifecycle/get-order.ts';
import { markPaid } from '#payments/overrides/mark-paid.ts';
import { writeOffOrder } from '#payments/overrides/write-off-order.ts';
import type { AdminEnv, Confirmed } from '../../kit/env.ts';
import { askToWriteReason } from '../../kit/reasons.ts';
import type { View } from '../../text/view.ts';
import { personOf, resolutionText } from '../cases/exception-cards.ts';
import { byHandQuestion } from '../cases/resolution-questions.ts';
import { showOrder } from './order-cards.ts';

/** What a person does past the providers needs a reason in their own words. */
export function askByHand(
  env: AdminEnv,
  input: { adminId: number; details: Pick<OrderDetails, 'order'>; action: 'mark_paid' | 'write_off' },
): Promise<View> {
  const { adminId, details, action } = input;
  const { order } = details;
  return askToWriteReason(env, {
    adminId,
    action: `order.${action}`,
    payload: { orderId: order.id },
    question: byHandQuestion(order, action),
    back: { kind: 'order', act: 'show', id: order.id },
  });
}

export const confirmMarkPaid: Confirmed = async (env, tapped, { payload, reason }) => {
  const orderId = asOrderId(String(payload['orderId']));
  const result = await markPaid(env, { orderId, by: personOf(tapped), reason: reason ?? '' });
  await showOrder(env, { tapped, orderId });
  return resolutionText(result);
};

export const confirmWriteOff: Confirmed = async (env, tapped, { payload, reason }) => {
  const orderId = asOrderId(String(payload['orderId']));
  const result = await writeOffOrder(env, { orderId, by: personOf(tapped), reason: reason ?? '' });
  await showOrder(env, { tapped, orderId });
  return resolutionText(result);
};
