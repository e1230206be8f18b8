import { formatMoney } from '#kernel/money.ts';
import { isOpenRefund, type Refund } from '#payments/model/refund.ts';
import { type Line, line, weights } from '../../text/fit.ts';
import { address, bold, show } from '../../text/html.ts';
import { refundSigns, statusWord } from '../../text/words.ts';

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
      lines.push(line(`The buyer claims it at ${address(refund.claimUrl, 300)}`, weights.detail));
    }
    return lines;
  });
}
