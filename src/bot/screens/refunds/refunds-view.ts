import { formatMoney, type Money } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { RefundSums } from '#payments/model/refundable.ts';
import type { RefundProvider } from '#payments/ports/refund-provider.ts';
import type { RefundablePayment } from '#payments/refunds/refund-order.ts';
import type { ReasonQuestion } from '../../kit/reason-question.ts';
import { fitLines, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import type { View } from '../../text/view.ts';
import { statusWord } from '../../text/words.ts';

const reasons = ['The customer asked for it', 'Bought by mistake or twice', 'We cannot deliver'] as const;

const ways: Readonly<Record<RefundProvider['way'], string>> = {
  sent: 'The provider sends it to the buyer.',
  accepted_by_buyer: 'The provider asks the buyer by e-mail to accept it.',
  claimed_by_buyer: 'You get a link for the buyer, who claims the money there.',
};

/** What a refund says of itself before it is asked for. */
export function refundQuestion(
  order: Order,
  about: { money: Money; payment: Payment; way: RefundProvider['way']; sums: RefundSums },
): ReasonQuestion {
  const { money, payment, sums } = about;
  const left = sums.refundableMinor - money.amountMinor;
  const rest = left > 0 ? ` ${formatMoney({ ...money, amountMinor: left })} stays.` : ' Nothing of the payment stays.';
  return {
    ask: 'Give this money back?',
    about: `${formatOrderNumber(order.number)} · ${formatMoney(money)} · ${providerTitle(payment.provider)}`,
    warn: `${ways[about.way]}${rest} It cannot be undone.`,
    reasons: [...reasons],
    yes: `Yes, refund ${formatMoney(money)}`,
  };
}

/** Several payments of one order have money on them: which one is meant is not for us to guess. */
export function refundChoice(order: Order, candidates: readonly RefundablePayment[]): View {
  const rows = candidates.map(({ payment, refundableMinor }) => {
    const amount = formatMoney({ ...payment, amountMinor: refundableMinor });
    return { payment, text: `${amount} · ${providerTitle(payment.provider)} · ${statusWord(payment.status)}` };
  });
  return {
    text: fitLines([
      line(`${bold(formatOrderNumber(order.number))} was paid more than once.`, weights.must),
      line('Which payment goes back?', weights.must),
      ...rows.map(({ text, payment }) => line(`• ${show(text)} ${show(payment.reference ?? '', 40)}`)),
    ]),
    keyboard: [
      ...rows.map(({ text, payment }) => [{ text, callback: { kind: 'refund' as const, paymentId: payment.id } }]),
      [{ text: 'No, go back', callback: { kind: 'order', act: 'show', id: order.id } }],
    ],
  };
}
