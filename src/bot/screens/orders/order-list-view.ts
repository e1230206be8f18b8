import { formatMoney } from '#kernel/money.ts';
import type { Page, TimedKey } from '#kernel/page.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { FoundOrders } from '#orders/order-store.ts';
import type { StoredSubscription } from '#payments/ports/channel-order-store.ts';
import { newestFirst, pageTitle, turnRow } from '../../kit/paged-list.ts';
import type { OrderFilter } from '../../text/callback-data.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { code, show } from '../../text/html.ts';
import { type Button, inRows, type Presentation, type View } from '../../text/view.ts';
import { formatTime, orderSigns, plural, statusWord } from '../../text/words.ts';

const buttonsPerRow = 4;

const filters: readonly { filter: OrderFilter; text: string }[] = [
  { filter: 'all', text: 'All' },
  { filter: 'needs_attention', text: 'Attention' },
  { filter: 'awaiting_payment', text: 'Awaiting' },
  { filter: 'paid', text: 'Paid' },
  { filter: 'fulfilled', text: 'Fulfilled' },
  { filter: 'expired', text: 'Expired' },
];

/** One page of orders, newest first; each row is a button that opens the order's card. */
export function orderList(page: Page<Order, TimedKey>, options: Presentation & { filter: OrderFilter }): View {
  const { filter } = options;
  const what = filter === 'all' ? 'Orders' : `Orders · ${statusWord(filter)}`;
  const lines = [line(`<b>${what}</b>${pageTitle(page)}`, weights.must)];
  if (page.rows.length === 0) lines.push(line('Nothing here.'));
  for (const order of page.rows) lines.push(line(`${rowText(order)} · ${formatTime(order.createdAt, options)}`));
  const turns = turnRow(page, newestFirst, (position) => ({ kind: 'orders', filter, position }));
  const keyboard = [...inRows(page.rows.map(openButton), buttonsPerRow), turns, ...filterRows(filter)];
  return { text: fitLines(lines), keyboard: keyboard.filter((row) => row.length > 0) };
}

/** What a search found; a tap opens the order's card. */
export function foundOrders(
  found: FoundOrders & { text: string; subscriptions: readonly StoredSubscription[] },
  presentation: Presentation,
): View {
  const { newest, orders, subscriptions, text } = found;
  const bound = newest === null ? [] : [`Only the newest ${plural(newest, 'order')} were searched.`];
  if (orders.length + subscriptions.length === 0) {
    return { text: [`Nothing found for “${show(text, 80)}”.`, ...bound].join('\n'), keyboard: [] };
  }
  const counts = [plural(orders.length, 'order')];
  if (subscriptions.length > 0) counts.push(plural(subscriptions.length, 'subscription'));
  const lines = [line(`<b>${counts.join(', ')}</b> for “${show(text, 80)}”`, weights.must)];
  for (const order of orders) {
    const who = order.customerEmail ?? order.customerName ?? order.reference;
    const whose = who === null ? '' : ` · ${show(who, 40)}`;
    lines.push(line(`${rowText(order)} · ${formatTime(order.createdAt, presentation)}${whose}`));
  }
  lines.push(...subscriptions.map((subscription) => subscriptionLine(subscription, presentation)));
  lines.push(...bound.map((words) => line(words, weights.must)));
  return { text: fitLines(lines), keyboard: inRows(orders.map(openButton), buttonsPerRow) };
}

/** A subscription is a fact beside the orders: what it earns came as orders of their own. */
function subscriptionLine(subscription: StoredSubscription, presentation: Presentation): Line {
  const { provider, reference, status, customerEmail, planName, productName, startedAt, endedAt } = subscription;
  const since = startedAt === null ? '' : `, started ${formatTime(startedAt, presentation)}`;
  const until = endedAt === null ? '' : `, ended ${formatTime(endedAt, presentation)}`;
  const what = [productName, planName].filter((name) => name !== '').join(', ');
  const whose = customerEmail === null ? '' : ` · ${code(customerEmail, 80)}`;
  return line(
    `🔁 ${providerTitle(provider)} ${code(reference, 60)} ${show(what, 80)} · ${status}${since}${until}${whose}`,
  );
}

function rowText(order: Order): string {
  return `${orderSigns[order.status]} ${formatOrderNumber(order.number)} · ${formatMoney(order)}`;
}

function openButton(order: Order): Button {
  // The row above has the rest; with it, a phone would cut the button's text in the middle.
  return { text: formatOrderNumber(order.number), callback: { kind: 'order', act: 'show', id: order.id } };
}

function filterRows(current: OrderFilter): Button[][] {
  const buttons = filters.map(
    ({ filter, text }): Button => ({
      text: filter === current ? `• ${text}` : text,
      callback: { kind: 'orders', filter, position: null },
    }),
  );
  return [buttons.slice(0, 3), buttons.slice(3)];
}
