import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ReasonQuestion } from '../../kit/reason-question.ts';

export type ReviewDecision = 'accept' | 'remember' | 'reject';

/** What a decision about a channel order that is held for review says of itself before it is taken. */
export function reviewQuestion(
  order: Order,
  { payment, decision }: { payment: Payment; decision: ReviewDecision },
): ReasonQuestion {
  const title = providerTitle(payment.provider);
  const about = `${formatOrderNumber(order.number)} · ${formatMoney(payment)} · ${title}`;
  if (decision === 'reject') {
    return {
      ask: 'Reject this sale?',
      about,
      warn: `The order is cancelled and the shop is told. If money did come, give it back at ${title}.`,
      reasons: [`It is not at ${title}`, 'The price or the product is wrong', 'It looks forged'],
      yes: 'Yes, reject it',
    };
  }
  const counts = `It counts as paid from then on, and the shop is told. ${title}'s word is all there is.`;
  const learns = ' The catalogue learns its product and price, and the next sale like it is not held.';
  return {
    ask: decision === 'accept' ? 'Accept this sale?' : 'Accept this sale, and remember product and price?',
    about,
    warn: decision === 'accept' ? counts : `${counts}${learns}`,
    reasons: [`I have seen it at ${title}`, 'The customer has shown the receipt', 'I know the customer'],
    yes: 'Yes, accept it',
  };
}
