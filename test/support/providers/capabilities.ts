import type { ProviderCapabilities } from '#payments/ports/payment-provider.ts';

/** A provider that can do everything but be listed, with what the test says differently. */
export function capabilities(differences: Partial<ProviderCapabilities> = {}): ProviderCapabilities {
  return {
    canCreate: true,
    canFetch: true,
    canList: false,
    canCancel: true,
    canFindLostCreate: true,
    returnsOddPayments: false,
    gaps: [],
    ...differences,
  };
}
