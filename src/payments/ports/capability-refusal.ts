// What an admin can do where a provider lacks a capability: a reason alone would not help.
import { providerTitle } from '#kernel/provider-name.ts';
import type { PaymentProvider } from './payment-provider.ts';

/** Why a payment is not fetched; undefined where the provider can fetch it. */
export function refuseFetch({ name, capabilities }: Pick<PaymentProvider, 'name' | 'capabilities'>) {
  if (capabilities.canFetch) return undefined;
  return `${providerTitle(name)} cannot report a single payment: import its export again, and it is compared again.`;
}

/** Why a refund is not requested; undefined where the provider can refund. */
export function refuseRefund({ name, refunds, sales }: Pick<PaymentProvider, 'name' | 'refunds' | 'sales'>) {
  const title = providerTitle(name);
  if (refunds !== null) return undefined;
  if (sales === undefined) return `${title} cannot refund in this set-up.`;
  return `Refund it at ${title} itself: it is recorded here when the webhook is received.`;
}
