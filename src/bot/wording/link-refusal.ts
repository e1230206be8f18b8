import { formatMoney } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { NoProvider } from '#payments/collect/choose-provider.ts';
import type { LinkRefusal, PaymentLink } from '#payments/collect/create-payment-link.ts';

/** Why there is no new payment link, in a sentence. */
export function noLinkText(result: Exclude<PaymentLink, { kind: 'created' }>): string {
  switch (result.kind) {
    case 'refused':
      return linkRefusalText(result);
    case 'no_provider':
      return noProviderText(result);
    case 'provider_failed':
      return providerFailure(result);
    default:
      return result satisfies never;
  }
}

export function providerFailure(failure: { provider: ProviderName; isRejected: boolean; message: string }): string {
  const title = providerTitle(failure.provider);
  return failure.isRejected
    ? `${title} said no: ${failure.message}`
    : `${title} did not answer: ${failure.message}. It is not known whether a link was made; it is being asked about.`;
}

export function linkRefusalText(refusal: LinkRefusal): string {
  switch (refusal.code) {
    case 'unknown_order':
      return 'There is no such order.';
    case 'takes_no_payment':
      return `The order is ${refusal.status}; it takes no new payment.`;
    case 'nothing_missing':
      return 'All of the money was received: accept it, or refund it.';
    case 'link_open':
      return `The link at ${providerTitle(refusal.provider)} is still open: a second one would let the customer pay twice.`;
    case 'link_in_progress':
      return 'Another request is creating the link right now.';
    default:
      return refusal satisfies never;
  }
}

export function noProviderText(reason: NoProvider): string {
  switch (reason.code) {
    case 'provider_not_configured':
      return `${providerTitle(reason.provider)} is not configured.`;
    case 'provider_decommissioned':
      return `${providerTitle(reason.provider)} is decommissioned and is not called any more.`;
    case 'provider_cannot_take':
      return `${providerTitle(reason.provider)} cannot take ${formatMoney(reason.money)}.`;
    case 'no_provider_can_take':
      return `No configured provider can take ${formatMoney(reason.money)}.`;
    case 'all_unavailable':
      return 'Every provider that could take it is unavailable.';
    default:
      return reason satisfies never;
  }
}
