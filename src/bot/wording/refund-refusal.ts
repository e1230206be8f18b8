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
      const returned = `${providerTitle(refusal.provider)} itself returns underpayments and late payments.`;
      return `This payment has no money to refund.${refusal.returnsOddPayments ? ` ${returned}` : ''}`;
    }
    case 'wrong_currency':
      return `The order is in ${refusal.expected}, not in ${refusal.given}.`;
    case 'too_much':
      return `At most ${formatMoney(refusal.refundable)} can be refunded; the rest is refunded or pending.`;
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
      return `${title} cannot refund in this set-up.`;
    case 'made_at_provider':
      return `Refund it at ${title} itself: it is recorded here when the webhook is received.`;
    default:
      return why satisfies never;
  }
}
