import { asOrderId } from '#kernel/ids.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import { markPaid } from '#payments/overrides/mark-paid.ts';
import { writeOffOrder } from '#payments/overrides/write-off-order.ts';
import { actingAdmin } from '../../kit/contexts.ts';
import type { At, DestinationOf } from '../../kit/destinations.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { tellInstead } from '../../kit/navigate.ts';
import { askToWriteReason } from '../../kit/reason-dialogue.ts';
import type { Confirmed } from '../../kit/screen.ts';
import { moneyThereWarning, overrideQuestion } from '../../wording/override-question.ts';
import { orderGone, resolutionText } from '../../wording/result-texts.ts';
import { showOrder } from './order-cards.ts';

/** A status that an admin sets past the providers needs a reason in their own words. */
export async function askForOverride(env: AdminEnv, at: At, to: DestinationOf<'override'>): Promise<string> {
  const { orderId, action } = to;
  const details = await getOrderDetails(env, { id: orderId });
  if (details === undefined) return tellInstead(at, orderGone);
  await askToWriteReason(env, at, {
    action: `order.${action}`,
    payload: { orderId },
    question: {
      ...overrideQuestion(details.order, action),
      ...(action === 'mark_paid' && moneyThereWarning(details)),
    },
    back: { kind: 'order', act: 'show', id: orderId },
  });
  return 'Write the reason.';
}

export const confirmMarkPaid: Confirmed = confirmOverride(markPaid);
export const confirmWriteOff: Confirmed = confirmOverride(writeOffOrder);

function confirmOverride(override: typeof markPaid): Confirmed {
  return async (env, ctx, { payload, reason }) => {
    const orderId = asOrderId(String(payload['orderId']));
    const result = await override(env, { orderId, by: actingAdmin(ctx), reason: reason ?? '' });
    await showOrder(env, { edit: ctx }, orderId);
    return resolutionText(result);
  };
}
