import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { bitpay } from './bitpay/definition.ts';
import { btcpay } from './btcpay/definition.ts';
import { coinbase } from './coinbase/definition.ts';
import type { VisitAction } from './contract.ts';
import { nowpayments } from './nowpayments/definition.ts';
import { payhip } from './payhip/definition.ts';
import type { Simulator } from './simulator.ts';

const table = {
  coinbase,
  bitpay,
  btcpay,
  nowpayments,
  payhip,
};

type AccountOf<Definition> = Definition extends Simulator<infer Account> ? Account : never;

/** What each simulated provider holds of its customer, the shop. */
export type AccountByProvider = { readonly [Name in ProviderName]: AccountOf<(typeof table)[Name]> };

/** The simulated providers: one for each name of the catalogue. */
export const simulators: { readonly [Name in ProviderName]: Simulator<AccountByProvider[Name]> } = table;

/** Those that collect what the shop asks for, and of these the ones whose checkouts know all of the actions. */
export function collectors(...actions: readonly VisitAction[]): ProviderName[] {
  return providerNames.filter((name) => {
    const { collectsForUs, visits } = simulators[name];
    return collectsForUs && actions.every((action) => visits.includes(action));
  });
}

/** The shops of their own. */
export const shopNames: readonly ProviderName[] = providerNames.filter((name) => !simulators[name].collectsForUs);

/** Where the product takes the provider's webhooks, below its own address, when these are its settings. */
export function webhookPath(name: ProviderName, environment: Readonly<Record<string, string>>): string {
  const { addressSecretSetting } = simulators[name];
  if (addressSecretSetting === undefined) return `/webhooks/${name}`;
  const [current = ''] = environment[addressSecretSetting]?.split(',') ?? [];
  return `/webhooks/${name}/${current}`;
}
