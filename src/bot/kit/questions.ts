import { formatMoney } from '#kernel/money.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import { fitLines, line, weights } from '../text/fit.ts';
import { bold, show } from '../text/html.ts';
import type { View } from '../text/view.ts';

/** How long a question waits for its second tap. */
export const confirmMinutes = 2;

export type OrderQuestion = 'cancel' | 'deliver';

const questions: Readonly<Record<OrderQuestion, { ask: string; warn: string; yes: string }>> = {
  cancel: {
    ask: 'Cancel this order?',
    warn: 'Its open payment link is closed at the provider. A payment that is already on its way becomes an alert.',
    yes: 'Yes, cancel it',
  },
  deliver: {
    ask: 'Mark this order as delivered?',
    warn: 'The shop is told that the customer has the goods.',
    yes: 'Yes, delivered',
  },
};

/** The second step of an action on an order: nothing happens until its initiator taps again. */
export function orderQuestion(order: Order, options: { question: OrderQuestion; pendingId: string }): View {
  const { ask, warn, yes } = questions[options.question];
  const head = `${bold(formatOrderNumber(order.number))} · ${bold(formatMoney(order))}`;
  return {
    text: fitLines([
      line(`❓ <b>${ask}</b>`, weights.must),
      line(head, weights.must),
      line(warn),
      line(`<i>Good for ${confirmMinutes} minutes, for you only.</i>`, weights.extra),
    ]),
    keyboard: [
      [{ text: yes, callback: { kind: 'confirm', pendingId: options.pendingId, choice: null } }],
      [{ text: 'No, go back', callback: { kind: 'order', act: 'show', id: order.id } }],
    ],
  };
}

/** The second step of throwing a dead letter away. */
export function discardQuestion(letter: {
  what: string;
  queue: 'inbox' | 'outbox';
  id: string;
  pendingId: string;
}): View {
  return {
    text: fitLines([
      line('❓ <b>Discard this dead letter for good?</b>', weights.must),
      line(show(letter.what, 200)),
      line('It will never be carried out.'),
      line(`<i>Good for ${confirmMinutes} minutes, for you only.</i>`, weights.extra),
    ]),
    keyboard: [
      [{ text: 'Yes, discard it', callback: { kind: 'confirm', pendingId: letter.pendingId, choice: null } }],
      [{ text: 'No, go back', callback: { kind: 'dead', act: 'show', queue: letter.queue, id: letter.id } }],
    ],
  };
}
