import { formatMoney, type Money } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import { isAvailable } from '../ports/provider-availability.ts';

export type ProviderChoice =
  /** In the order in which they are tried; never empty. */
  | { kind: 'candidates'; candidates: PaymentProvider[] }
  /** `isTemporary`: a provider could take the money, and is unavailable. */
  | { kind: 'none'; reason: string; isTemporary: boolean };

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
    const title = providerTitle(name);
    if (provider === undefined) return none(`${title} is not configured.`, { isTemporary: false });
    const isAble = provider.quote(money) !== undefined;
    if ((providers.health(name)?.retiredAt ?? null) !== null) {
      return none(`${title} is decommissioned and is not called any more.`, { isTemporary: isAble });
    }
    if (!isAble) return none(`${title} cannot take ${formatMoney(money)}.`, { isTemporary: false });
    return { kind: 'candidates', candidates: [provider] };
  }
  const able = providers.list().filter((provider) => provider.quote(money) !== undefined);
  if (able.length === 0) return none(`No configured provider can take ${formatMoney(money)}.`, { isTemporary: false });
  const healthy = able.filter((provider) => isAvailable(providers.health(provider.name)));
  if (healthy.length === 0) return none('Every provider that could take it is unavailable.', { isTemporary: true });
  const preferred = healthy.filter((provider) => provider.name === wanted.prefer);
  return { kind: 'candidates', candidates: [...new Set([...preferred, ...healthy])] };
}

function none(reason: string, { isTemporary }: { isTemporary: boolean }): ProviderChoice {
  return { kind: 'none', reason, isTemporary };
}
