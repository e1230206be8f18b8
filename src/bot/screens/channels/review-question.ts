import type { Product } from '#catalog/product.ts';
import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import { rememberable } from '#payments/channels/remember-product.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ReasonQuestion } from '../../kit/reason-question.ts';

export type ReviewDecision = 'accept' | 'remember' | 'reject';

/** What a decision about a channel order that is held for review says of itself before it is taken. */
export function reviewQuestion(
  order: Order,
  { payment, decision, known }: { payment: Payment; decision: ReviewDecision; known?: Product | undefined },
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
  return {
    ask: decision === 'accept' ? 'Accept this sale?' : 'Accept this sale, and remember product and price?',
    about,
    warn: decision === 'accept' ? counts : `${counts} ${learns(order, known)}`,
    reasons: [`I have seen it at ${title}`, 'The customer has shown the receipt', 'I know the customer'],
    yes: 'Yes, accept it',
  };
}

/** Every later sale is weighed by this price, and it is the sale's own word: what it changes is said. */
function learns(order: Order, known: Product | undefined): string {
  const learnt = rememberable(order);
  if (learnt === undefined) return 'The catalogue learns nothing from it.';
  const next = 'and the next sale like it is not held.';
  const price = formatMoney(learnt);
  if (known === undefined) return `The catalogue learns ${learnt.sku} at ${price}, ${next}`;
  const before = formatMoney(known);
  if (before === price) return `The catalogue has ${known.sku} at ${price} already.`;
  return `The catalogue changes ${known.sku} from ${before} to ${price}, ${next}`;
}
