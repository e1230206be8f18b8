import type { ProviderName } from '#kernel/provider-name.ts';
import type { ProviderRegistry } from '#payments/ports/payment-provider.ts';

/** The provider's own page of a payment: its id there, after the address that the provider's pages begin with. */
export function providerPage(
  providers: ProviderRegistry,
  { provider, reference }: { provider: ProviderName | null; reference: string | null },
): string | null {
  if (provider === null || reference === null) return null;
  const base = providers.health(provider)?.dashboardUrl ?? null;
  return base === null ? null : `${base}${encodeURIComponent(reference)}`;
}
