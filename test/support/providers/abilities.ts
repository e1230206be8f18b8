// What each adapter is expected to do with all settings of its simulated account. Tests are chosen by it, and not by what
// the adapter says of itself: a capability that it lost would take its own tests with it.
import { eachProvider, type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { Abilities } from '#test/contract/providers/provider-case.ts';
import { cases } from '#test/contract/providers/registry.ts';

export const abilities: Readonly<Record<ProviderName, Abilities>> = eachProvider((name) => cases[name].abilities);

export type Ability = 'canCreate' | 'canFetch' | 'canList' | 'canCancel' | 'canFindLostCreate';

/** The providers that can do all of it, in the order of the catalogue. */
export function providersThat(...wanted: readonly Ability[]): ProviderName[] {
  return providerNames.filter((name) => wanted.every((ability) => abilities[name][ability]));
}
