import type { OrderId } from '#kernel/ids.ts';
import { orderSubject } from '#messaging/queues/redraw-order-cards.ts';
import { forgetCard } from '../telegram/cards.ts';
import type { AdminEnv } from './env.ts';

/** The message that showed the order shows something else from here on: the order's refreshes must not cover it. */
export function leaveOrder(env: AdminEnv, input: { chatId: number; orderId: OrderId }): Promise<void> {
  return env.orderTurns.run(input.orderId, () =>
    forgetCard(env, { chatId: input.chatId, subject: orderSubject(input.orderId) }),
  );
}

/** What every question about a refund of the order is about: of several, one is carried out. */
export function refundSubject(orderId: OrderId): string {
  return `refund:${orderId}`;
}
