// What a person is told to do where a provider cannot be asked: a reason alone would leave them with nothing to do.
import { providerTitle } from '#kernel/provider-name.ts';
import type { PaymentProvider } from './payment-provider.ts';

/** Why the provider is not asked about a payment; undefined where it can be. */
export function refuseFetch({ name, capabilities }: Pick<PaymentProvider, 'name' | 'capabilities'>) {
  if (capabilities.canFetch) return undefined;
  return `${providerTitle(name)} cannot be asked about a payment: import its export again, and it is compared anew.`;
}

/** Why the provider is not asked for a refund; undefined where it can be. */
export function refuseRefund({ name, refunds, sales }: Pick<PaymentProvider, 'name' | 'refunds' | 'sales'>) {
  const title = providerTitle(name);
  if (refunds !== null) return undefined;
  if (sales === undefined) return `${title} cannot be asked for a refund in this set-up.`;
  return `A refund is made at ${title} itself, and noted here when its webhook comes.`;
}
