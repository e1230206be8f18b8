import type { Case } from '#cases/case.ts';
import { formatAsset, formatMoney } from '#kernel/money.ts';
import { amountDifferenceOf } from '#payments/model/amount-difference.ts';
import type { Payment } from '#payments/model/payment.ts';
import { type Line, line, weights } from '../../text/fit.ts';
import { bold, show } from '../../text/html.ts';
import type { Button, Presentation } from '../../text/view.ts';
import { severitySigns } from '../../text/words.ts';
import { ageText, kindWords } from '../../wording/case-words.ts';

/** More than these would push the rest of the order's card off the screen; the list has them all. */
const shownMax = 3;
const group = { one: 'more exception', many: 'more exceptions' };

/** On the order's card: what somebody has to decide about it, the oldest first. */
export function caseLines(cases: readonly Case[], { now }: Presentation): Line[] {
  return cases.map(({ severity, status, facts, openedAt, assigneeName }, index) => {
    const rest = status === 'snoozed' ? '💤' : '';
    const owner = assigneeName === null ? '' : ` · ✋ ${show(assigneeName, 24)}`;
    const html = `${severitySigns[severity]}${rest} ${show(facts.headline, 100)} · ${ageText(now - openedAt)}${owner}`;
    return { html, weight: index < shownMax ? weights.fact : weights.extra, group };
  });
}

/** One button for each that is shown. */
export function caseButtons(cases: readonly Case[]): Button[] {
  return cases.slice(0, shownMax).map(({ id, kind }) => ({
    text: `Resolve: ${kindWords[kind]}`,
    callback: { kind: 'exception', act: 'show', id },
  }));
}

/** By how much the payment came short or over, in both units, and on whose word it counts all the same. */
export function vouchLines(payment: Payment): Line[] {
  const lines: Line[] = [];
  const gap = amountDifferenceOf(payment);
  const amounts = [gap?.fiat && formatMoney(gap.fiat), gap?.coin && formatAsset(gap.coin)].filter(Boolean).join(' · ');
  if (gap !== null && amounts !== '') {
    lines.push(line(`${gap.kind === 'missing' ? 'Missing' : 'Overpaid'}: ${bold(amounts, 80)}`));
  }
  if (payment.acceptedAt !== null) {
    const { acceptedBy, acceptedReason } = payment;
    lines.push(line(`✋ Accepted by ${bold(acceptedBy ?? '', 64)}: ${show(acceptedReason ?? '', 200)}`, weights.must));
  }
  return lines;
}
