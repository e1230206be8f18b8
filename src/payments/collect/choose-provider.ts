import { formatMoney, type Money } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import { isAvailable } from '../ports/provider-availability.ts';

export type ProviderChoice =
  /** In the order in which they are to be tried; never empty. */
  { kind: 'candidates'; candidates: PaymentProvider[] } | { kind: 'none'; reason: string };

/**
 * `auto`: the healthy configured providers that can take the money, the preferred one first, then in the order of
 * configuration. By name: that one, healthy or not.
 */
export function chooseProvider(
  providers: ProviderRegistry,
  wanted: { provider: 'auto' | ProviderName; money: Money; prefer?: ProviderName | undefined },
): ProviderChoice {
  const { provider: name, money } = wanted;
  if (name !== 'auto') {
    const provider = providers.find(name);
    if (provider === undefined) return { kind: 'none', reason: `${providerTitle(name)} is not configured.` };
    if ((providers.health(name)?.retiredAt ?? null) !== null)
      return { kind: 'none', reason: `${providerTitle(name)} is taken for gone and is not asked any more.` };
    if (provider.quote(money) === undefined)
      return { kind: 'none', reason: `${providerTitle(name)} cannot take ${formatMoney(money)}.` };
    return { kind: 'candidates', candidates: [provider] };
  }
  const able = providers.list().filter((provider) => provider.quote(money) !== undefined);
  if (able.length === 0) return { kind: 'none', reason: `No configured provider can take ${formatMoney(money)}.` };
  const healthy = able.filter((provider) => isAvailable(providers.health(provider.name)));
  if (healthy.length === 0) return { kind: 'none', reason: 'Every provider that could take it is down.' };
  const preferred = healthy.filter((provider) => provider.name === wanted.prefer);
  return { kind: 'candidates', candidates: [...new Set([...preferred, ...healthy])] };
}
