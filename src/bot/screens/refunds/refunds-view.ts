import { formatMoney, type Money } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import { isOpenRefund, type Refund } from '#payments/model/refund.ts';
import type { RefundSums } from '#payments/model/refundable.ts';
import type { RefundProvider } from '#payments/ports/refund-provider.ts';
import type { RefundablePayment } from '#payments/refunds/refund-order.ts';
import type { ReasonQuestion } from '../../kit/reason-question.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import type { View } from '../../text/view.ts';
import { refundSigns, statusWord } from '../../text/words.ts';

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

const shownMax = 3;
const moreGroup = { one: 'earlier refund', many: 'earlier refunds' };

/** On the order's card: what went back, what is on its way, and the link that the buyer needs. */
export function refundLines(refunds: readonly Refund[]): Line[] {
  return refunds.flatMap((refund, index) => {
    const by = refund.requestedByKind === 'provider' ? ', made at the provider' : '';
    // Why it failed, or whom it waits for: the buyer, or the shop itself.
    const isTold = refund.status === 'failed' || refund.status === 'pending';
    const words = isTold && refund.providerStatus ? ` (${show(refund.providerStatus, 120)})` : '';
    const text = `${refundSigns[refund.status]} Refund ${bold(formatMoney(refund))} ${statusWord(refund.status)}${by}${words}`;
    const isOld = index < refunds.length - shownMax;
    const lines: Line[] = [{ html: text, weight: isOld ? weights.extra : weights.fact, group: moreGroup }];
    if (refund.claimUrl !== null && isOpenRefund(refund)) {
      lines.push(line(`The buyer claims it at ${show(refund.claimUrl, 300)}`, weights.detail));
    }
    return lines;
  });
}
