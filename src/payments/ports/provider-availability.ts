import type { ProviderName } from '#kernel/provider-name.ts';
import type { ProviderHealth, ProviderRegistry } from './payment-provider.ts';

/** Whether a call would go out: its breaker is not open, and it is not taken for gone. */
export function isAvailable(health: ProviderHealth | undefined): boolean {
  return health === undefined || (health.breaker !== 'open' && health.retiredAt === null);
}

/** Who is known to be away. What is owed to them waits until they are back, instead of failing one by one. */
export function listUnavailable(providers: ProviderRegistry): ProviderName[] {
  return providers
    .list()
    .map(({ name }) => name)
    .filter((name) => !isAvailable(providers.health(name)));
}
