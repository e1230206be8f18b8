import type { ProviderName } from '#kernel/provider-name.ts';
import type { ProviderHealth, ProviderRegistry } from './payment-provider.ts';

/** Whether a call would be sent: the breaker is not open, and the provider is not decommissioned. */
export function isAvailable(health: ProviderHealth | undefined): boolean {
  return health === undefined || (health.breaker !== 'open' && health.retiredAt === null);
}

/** Providers that are unavailable: their messages wait until they are back, instead of failing one by one. */
export function listUnavailable(providers: ProviderRegistry): ProviderName[] {
  return providers
    .list()
    .map(({ name }) => name)
    .filter((name) => !isAvailable(providers.health(name)));
}
