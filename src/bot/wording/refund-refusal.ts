import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { RefundRefusal } from '#payments/refunds/request-refund.ts';

/** Why a refund is not requested, in a sentence. */
export function refundRefusalText(refusal: RefundRefusal): string {
  switch (refusal.code) {
    case 'reason_missing':
      return 'A refund needs a reason.';
    case 'reason_too_long':
      return `A reason has at most ${refusal.unitsMax} characters.`;
    case 'unknown_payment':
      return 'There is no such payment.';
    case 'provider_cannot':
      return cannotRefundText(refusal);
    case 'nothing_captured': {
      const returned = `What came short or late goes back by itself at ${providerTitle(refusal.provider)}.`;
      return `There is no money to give back on this payment.${refusal.returnsOddPayments ? ` ${returned}` : ''}`;
    }
    case 'wrong_currency':
      return `The order is in ${refusal.expected}, not in ${refusal.given}.`;
    case 'too_much':
      return `At most ${formatMoney(refusal.refundable)} can go back; the rest went back or is on its way.`;
    default:
      return refusal satisfies never;
  }
}

function cannotRefundText({ provider, why }: Extract<RefundRefusal, { code: 'provider_cannot' }>): string {
  const title = providerTitle(provider);
  switch (why) {
    case 'not_configured':
      return `${title} is not configured.`;
    case 'payment_unknown':
      return `${title} does not know this payment.`;
    case 'not_set_up':
      return `${title} cannot be asked for a refund in this set-up.`;
    case 'made_at_provider':
      return `A refund is made at ${title} itself, and noted here when its webhook comes.`;
    default:
      return why satisfies never;
  }
}
