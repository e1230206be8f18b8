import type { Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import { isAvailable } from '../ports/provider-availability.ts';

/** Why no provider takes the money. The words for it are the surface's. */
export type NoProvider =
  | { code: 'provider_not_configured' | 'provider_decommissioned'; provider: ProviderName }
  | { code: 'provider_cannot_take'; provider: ProviderName; money: Money }
  | { code: 'no_provider_can_take'; money: Money }
  | { code: 'all_unavailable' };

export type ProviderChoice =
  /** In the order in which they are tried; never empty. */
  | { kind: 'candidates'; candidates: PaymentProvider[] }
  /** `isTemporary`: a provider could take the money, and is unavailable. */
  | ({ kind: 'none'; isTemporary: boolean } & NoProvider);

/**
 * `auto`: the healthy configured providers that can take the money, the preferred one first, then in the order of
 * configuration. By name: that one, healthy or not.
 */
export function chooseProvider(
  providers: ProviderRegistry,
  wanted: { provider: 'auto' | ProviderName; money: Money; prefer?: ProviderName | undefined },
): ProviderChoice {
  const { provider: name } = wanted;
  const money = { amountMinor: wanted.money.amountMinor, currency: wanted.money.currency };
  if (name !== 'auto') {
    const provider = providers.find(name);
    if (provider === undefined) {
      return { kind: 'none', isTemporary: false, code: 'provider_not_configured', provider: name };
    }
    const isAble = provider.quote(money) !== undefined;
    if ((providers.health(name)?.retiredAt ?? null) !== null) {
      return { kind: 'none', isTemporary: isAble, code: 'provider_decommissioned', provider: name };
    }
    if (!isAble) return { kind: 'none', isTemporary: false, code: 'provider_cannot_take', provider: name, money };
    return { kind: 'candidates', candidates: [provider] };
  }
  const able = providers.list().filter((provider) => provider.quote(money) !== undefined);
  if (able.length === 0) return { kind: 'none', isTemporary: false, code: 'no_provider_can_take', money };
  const healthy = able.filter((provider) => isAvailable(providers.health(provider.name)));
  if (healthy.length === 0) return { kind: 'none', isTemporary: true, code: 'all_unavailable' };
  const preferred = healthy.filter((provider) => provider.name === wanted.prefer);
  return { kind: 'candidates', candidates: [...new Set([...preferred, ...healthy])] };
}
