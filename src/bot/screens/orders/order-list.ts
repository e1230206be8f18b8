import { listOrderPage } from '#orders/list-orders.ts';
import { findSubscriptions } from '#payments/channels/subscriptions.ts';
import { findOrders } from '#payments/collect/find-orders.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { At } from '../../kit/destinations.ts';
import type { AdminEnv, OrderListPlace } from '../../kit/env.ts';
import { contextOf, showView } from '../../kit/navigate.ts';
import { pageSize } from '../../kit/paged-list.ts';
import { replyView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import { showOrder } from './order-cards.ts';
import { foundOrders, orderList } from './order-list-view.ts';

/** As many as a search shows: more would not be read on a phone. */
const foundMax = 10;
/** Chats whose place in the list is remembered. */
const placesMax = 500;
const beginning: OrderListPlace = { filter: 'all', position: null };

export async function runOrders(env: AdminEnv, ctx: TextContext): Promise<void> {
  await showOrderList(env, { reply: ctx }, beginning);
}

export async function runFind(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  if (words === '') {
    await replyView(ctx, { text: 'Find what? For example /find ann@example.org', keyboard: [] });
    return;
  }
  const { orders, newest, isExact } = await findOrders(env, { text: words, limit: foundMax });
  const looked = { text: words, in: isExact ? 'whole' : 'parts', limit: foundMax } as const;
  const subscriptions = await findSubscriptions(env, looked);
  const [only, ...more] = orders;
  const isOne = only !== undefined && more.length === 0 && subscriptions.length === 0;
  if (isOne) await showOrder(env, { reply: ctx }, only.id);
  else await replyView(ctx, foundOrders({ text: words, orders, newest, subscriptions }, env.presentation()));
}

export const onOrdersButton: OnButton<'orders'> = async (env, ctx, { filter, position }) => {
  await showOrderList(env, { edit: ctx }, { filter, position });
  return '';
};

/** The list where this chat was last. */
export async function showLastList(env: AdminEnv, at: At): Promise<void> {
  await showOrderList(env, at, env.orderListPlaces.get(contextOf(at).chat.id) ?? beginning);
}

async function showOrderList(env: AdminEnv, at: At, place: OrderListPlace): Promise<void> {
  const { filter, position } = place;
  const page = await listOrderPage(env, {
    statuses: filter === 'all' ? null : [filter],
    position,
    size: pageSize,
  });
  rememberPlace(env, contextOf(at).chat.id, place);
  await showView(at, orderList(page, { ...env.presentation(), filter }));
}

function rememberPlace({ orderListPlaces: places }: AdminEnv, chatId: number, place: OrderListPlace): void {
  places.delete(chatId);
  places.set(chatId, place);
  const oldest = places.keys().next();
  if (places.size > placesMax && oldest.done !== true) places.delete(oldest.value);
}
