import { asOrderId, type OrderId } from '#kernel/ids.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { asKnown, hadUnknownAttempt, redrawLater } from '#messaging/queues/redraw.ts';
import { lookAgain, orderSubject } from '#messaging/queues/redraw-order-cards.ts';
import { listSentMessages } from '#messaging/queues/sent-messages.ts';
import type { DeliveryResult, OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import { formatOrderNumber, parseOrderNumber } from '#orders/order.ts';
import { getOrderDetails, type OrderDetails } from '#payments/lifecycle/get-order.ts';
import { currentPayment } from '#payments/lifecycle/order-view.ts';
import { refundablePayments } from '#payments/refunds/refund-order.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { At, DestinationOf } from '../../kit/destinations.ts';
import type { AdminEnv, PlainDeps } from '../../kit/env.ts';
import { contextOf, showView, tellInstead } from '../../kit/navigate.ts';
import { replyView } from '../../kit/replies.ts';
import { forgetCard, placeCard, rememberCard, sumUp } from '../../telegram/cards.ts';
import type { ChatSender, SendOutcome } from '../../telegram/telegram.ts';
import type { View } from '../../text/view.ts';
import { providerPage } from '../../wording/provider-page.ts';
import { orderGone } from '../../wording/result-texts.ts';
import { orderCard } from './order-card-view.ts';

type DrawEnv = Pick<AdminEnv, 'presentation' | 'providers'>;

function pageOf({ providers }: DrawEnv, { payments }: OrderDetails): string | null {
  const payment = currentPayment(payments);
  return payment === undefined ? null : providerPage(providers, payment);
}

function drawOrder(env: DrawEnv, details: OrderDetails): View {
  return orderCard(details, {
    ...env.presentation(),
    providerUrl: pageOf(env, details),
    buttons: 'full',
    canRefund: refundablePayments(env.providers, details).length > 0,
  });
}

/** Shows the order's card; false when there is no such order. */
export function showOrder(env: AdminEnv, at: At, orderId: OrderId): Promise<boolean> {
  return env.orderTurns.run(orderId, async () => {
    const details = await getOrderDetails(env, { id: orderId });
    if (details === undefined) return false;
    const view = drawOrder(env, details);
    const subject = orderSubject(orderId);
    const messageId = await showView(at, view).catch(async (error) => {
      await redrawLater(env, { subject });
      throw error;
    });
    if (messageId === undefined) return true;
    const chatId = contextOf(at).chat.id;
    const beside = lookAgain({ orderId, chatId, messageId, at: env.clock.now() });
    const card = { chatId, subject, version: details.order.version };
    await rememberCard(env, { ...card, view, mark: 'card', sent: undefined, messageId, beside });
    return true;
  });
}

export async function openOrder(env: AdminEnv, at: At, { order }: DestinationOf<'order'>): Promise<string> {
  const orderId = 'id' in order ? order.id : (await getOrderDetails(env, order))?.order.id;
  const isShown = orderId !== undefined && (await showOrder(env, at, orderId));
  if (isShown) return '';
  return tellInstead(at, 'id' in order ? orderGone : `There is no order ${formatOrderNumber(order.number)}.`);
}

/** The card without the buttons that only the command bot serves in private; one leads there. */
export async function drawPlainOrder(deps: PlainDeps, { order }: DestinationOf<'order'>): Promise<View | undefined> {
  const details = await getOrderDetails(deps, order);
  return (
    details &&
    orderCard(details, {
      now: deps.clock.now(),
      timeZone: deps.timeZone,
      providerUrl: null,
      buttons: 'plain',
      canRefund: false,
      commandBot: deps.commandBot(),
    })
  );
}

export async function runOrder(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const number = parseOrderNumber(words);
  if (number !== undefined) await openOrder(env, { reply: ctx }, { screen: 'order', order: { number } });
  else await replyView(ctx, { text: 'Which one? For example /order T-1042', keyboard: [] });
}

/**
 * Brings the cards that show an order up to date. An order's payments change without its version, so what a message
 * shows is told by its content.
 */
export function createOrderCardHandler(
  env: DrawEnv & Pick<AdminEnv, 'database' | 'clock' | 'ids' | 'log' | 'orderTurns'>,
  sender: ChatSender,
): OutboxHandler {
  async function refresh(message: OutboxMessage, signal: AbortSignal): Promise<DeliveryResult> {
    const orderId = orderIdOf(message);
    const subject = orderSubject(orderId);
    const cards = asKnown(await listSentMessages(env, { bot: 'admin', subject }), message);
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
    const result = sumUp(outcomes);
    if (result.kind === 'done' && hadUnknownAttempt(message)) await redrawLater(env, { subject });
    return result;
  }

  return {
    topic: 'order.card',
    async deliver(message, signal) {
      try {
        return await env.orderTurns.run(orderIdOf(message), () => refresh(message, signal), signal);
      } catch (error) {
        // An admin's tap is ahead, and Telegram does not answer it.
        if (!signal.aborted) throw error;
        return { kind: 'retry', error: 'its turn did not come in time', retryAfterMs: null };
      }
    },
  };
}

function orderIdOf({ payload }: OutboxMessage): OrderId {
  return asOrderId(String(payload['orderId']));
}
