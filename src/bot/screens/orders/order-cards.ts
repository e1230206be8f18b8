import type { OrderId } from '#kernel/ids.ts';
import { asOrderId } from '#kernel/ids.ts';
import type { DeliveryResult, OutboxHandler } from '#messaging/outbox-handler.ts';
import { getOrderDetails, type OrderDetails } from '#payments/lifecycle/get-order.ts';
import { refundablePayments } from '#payments/refunds/refund-order.ts';
import type { AdminEnv, CallbackContext, ServedContext } from '../../kit/env.ts';
import { editView, replyView } from '../../kit/replies.ts';
import { forgetCard, placeCard, rememberCard, sumUp } from '../../telegram/cards.ts';
import type { ChatSender, SendOutcome } from '../../telegram/telegram.ts';
import type { View } from '../../text/view.ts';
import { orderCard } from './order-card-view.ts';
import { providerUrl } from './provider-url.ts';

function orderSubject(orderId: OrderId): string {
  return `order:${orderId}`;
}

type DrawEnv = Pick<AdminEnv, 'presentation' | 'providers'>;

function drawOrder(env: DrawEnv, details: OrderDetails): View {
  return orderCard(details, {
    ...env.presentation(),
    providerUrl: providerUrl(env.providers, details),
    buttons: 'full',
    canRefund: refundablePayments(env.providers, details).length > 0,
  });
}

/** Shows the order's card in a new message, or in the one that was tapped; false when there is no such order. */
export function showOrder(
  env: AdminEnv,
  input: { ctx: ServedContext; orderId: OrderId } | { tapped: CallbackContext; orderId: OrderId },
): Promise<boolean> {
  const ctx = 'tapped' in input ? input.tapped : input.ctx;
  return env.orderTurns.run(input.orderId, async () => {
    const details = await getOrderDetails(env, { id: input.orderId });
    if (details === undefined) return false;
    const view = drawOrder(env, details);
    const messageId = 'tapped' in input ? await editView(input.tapped, view) : await replyView(ctx, view);
    if (messageId === undefined) return true;
    const card = { chatId: ctx.chat.id, subject: orderSubject(input.orderId), version: details.order.version };
    await rememberCard(env, { ...card, view, mark: 'card', sent: undefined, messageId });
    return true;
  });
}

/** The message that showed the order shows something else from here on. */
export function leaveOrder(env: AdminEnv, input: { chatId: number; orderId: OrderId }): Promise<void> {
  return env.orderTurns.run(input.orderId, () =>
    forgetCard(env, { chatId: input.chatId, subject: orderSubject(input.orderId) }),
  );
}

/**
 * Brings the cards that show an order up to date. An order's payments change without its version, so what a message
 * shows is told by its content.
 */
export function createOrderCardHandler(
  env: DrawEnv & Pick<AdminEnv, 'database' | 'clock' | 'log' | 'orderTurns'>,
  sender: ChatSender,
): OutboxHandler {
  async function refresh(orderId: OrderId, signal: AbortSignal): Promise<DeliveryResult> {
    const subject = orderSubject(orderId);
    const cards = await env.database.read((stores) => stores.sentMessages.listSent({ bot: 'admin', subject }));
    if (cards.length === 0) return { kind: 'done', outcome: 'no open card' };
    const details = await getOrderDetails(env, { id: orderId });
    if (details === undefined) return { kind: 'done', outcome: 'no such order' };
    const view = drawOrder(env, details);
    const outcomes: { chatId: number; outcome: SendOutcome }[] = [];
    for (const sent of cards) {
      const { chatId } = sent;
      const card = { chatId, subject, version: details.order.version, view, mark: 'card', sent, isSilent: true };
      const outcome = await placeCard({ ...env, bot: 'admin', sender }, { ...card, whenGone: 'forget' }, signal);
      if (outcome.kind === 'blocked') {
        env.log.warn('order card not shown', { orderId, chatId, reason: outcome.reason });
        await forgetCard({ ...env, bot: 'admin' }, { chatId, subject });
      }
      outcomes.push({ chatId, outcome });
    }
    return sumUp(outcomes);
  }

  return {
    topic: 'order.card',
    deliver(message, signal) {
      const orderId = asOrderId(String(message.payload['orderId']));
      return env.orderTurns.run(orderId, () => refresh(orderId, signal));
    },
  };
}
