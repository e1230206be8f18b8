import { formatMoney } from '#kernel/money.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { Question } from '../../kit/confirmation.ts';
import { line, weights } from '../../text/fit.ts';
import { bold } from '../../text/html.ts';

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

export function orderQuestion(order: Order, question: OrderQuestion): Question {
  const { ask, warn, yes } = questions[question];
  const head = `${bold(formatOrderNumber(order.number))} · ${bold(formatMoney(order))}`;
  return {
    ask,
    lines: [line(head, weights.must), line(warn)],
    yes,
    back: { kind: 'order', act: 'show', id: order.id },
  };
}
