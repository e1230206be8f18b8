import { formatMoney } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { OrderRefunded } from '#payments/refunds/refund-order.ts';
import { problem } from '../kit/problem.ts';

type Refusal = Extract<OrderRefunded, { kind: 'refused' }>;

/** The code in the answer, and the place of the fault in the body; null where the fault is not in the body. */
const answers: Readonly<Record<Refusal['code'], { code: string; pointer: string | null }>> = {
  reason_missing: { code: 'reason_missing', pointer: '/reason' },
  reason_too_long: { code: 'reason_missing', pointer: '/reason' },
  unknown_payment: { code: 'unknown_payment', pointer: '/payment_id' },
  provider_cannot: { code: 'provider_cannot', pointer: null },
  no_payment: { code: 'nothing_captured', pointer: null },
  nothing_captured: { code: 'nothing_captured', pointer: null },
  wrong_currency: { code: 'wrong_currency', pointer: '/amount' },
  too_much: { code: 'too_much', pointer: '/amount' },
};

export function refuseRefundOf(refusal: Refusal) {
  const { code, pointer } = answers[refusal.code];
  const detail = detailOf(refusal);
  return problem({ status: 422, code, detail, errors: pointer === null ? [] : [{ pointer, detail }] });
}

function detailOf(refusal: Refusal): string {
  switch (refusal.code) {
    case 'reason_missing':
      return 'A refund needs a reason.';
    case 'reason_too_long':
      return `A reason has at most ${refusal.unitsMax} characters.`;
    case 'unknown_payment':
      return 'The order has no such payment.';
    case 'provider_cannot':
      return cannotDetail(refusal);
    case 'no_payment':
      return `The order is ${refusal.status.replaceAll('_', ' ')}: it has no payment.`;
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

function cannotDetail({ provider, why }: Extract<Refusal, { code: 'provider_cannot' }>): string {
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
