// What a provider is not asked for because it lacks the capability. The words for it are the surface's.
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentProvider } from './payment-provider.ts';

export interface FetchRefusal {
  code: 'cannot_fetch';
  provider: ProviderName;
}

/** `made_at_provider`: its refunds are made at the provider itself, and noted when its webhook comes. */
export interface RefundCapabilityRefusal {
  code: 'provider_cannot';
  provider: ProviderName;
  why: 'not_set_up' | 'made_at_provider';
}

/** Undefined where the provider can fetch a payment. */
export function refuseFetch(provider: Pick<PaymentProvider, 'name' | 'capabilities'>): FetchRefusal | undefined {
  return provider.capabilities.canFetch ? undefined : { code: 'cannot_fetch', provider: provider.name };
}

/** Undefined where the provider can refund. */
export function refuseRefund(
  provider: Pick<PaymentProvider, 'name' | 'refunds' | 'sales'>,
): RefundCapabilityRefusal | undefined {
  if (provider.refunds !== null) return undefined;
  const why = provider.sales === undefined ? 'not_set_up' : 'made_at_provider';
  return { code: 'provider_cannot', provider: provider.name, why };
}
