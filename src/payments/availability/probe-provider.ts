import { readAsDecommissioned } from '../ports/decommissioned-error.ts';
import type { DecommissionedProviders } from '../ports/decommissioned-providers.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import { ProviderError, ProviderUnreachable } from '../ports/provider-errors.ts';
import type { ProviderProbe } from './decide-outage.ts';

/**
 * Probes a provider by its base call, also a decommissioned one. A rejection is an answer, and a matter for the caller
 * whose request was rejected, unless it is one that a decommissioned provider gives.
 */
export async function probeProvider(
  deps: { providers: ProviderRegistry; decommissioned?: DecommissionedProviders },
  input: { provider: PaymentProvider; wasRefused: boolean; signal?: AbortSignal | undefined },
): Promise<ProviderProbe> {
  const { provider, wasRefused, signal } = input;
  const ask = () => provider.probe(signal);
  try {
    await (deps.decommissioned === undefined ? ask() : deps.decommissioned.askAnyway(provider.name, ask));
    return { kind: 'answers' };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const health = deps.providers.health(provider.name);
    const isUnreachable = error instanceof ProviderUnreachable;
    if (isUnreachable && !error.wasAsked) return { kind: 'not_asked', why: health?.lastError ?? failureWords(error) };
    const gone = readAsDecommissioned(error);
    if (gone === null && !isUnreachable) return { kind: 'answers' };
    const isOpen = health !== undefined && health.breaker !== 'closed';
    return {
      kind: 'fails',
      why: failureWords(error),
      readAsDecommissioned: gone,
      isConfirmed: isOpen || (gone !== null && wasRefused),
    };
  }
}
