import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { bitpay } from './bitpay/definition.ts';
import { btcpay } from './btcpay/definition.ts';
import { coinbase } from './coinbase/definition.ts';
import type { VisitAction } from './contract.ts';
import { nowpayments } from './nowpayments/definition.ts';
import type { Simulator } from './simulator.ts';

const table = {
  coinbase,
  bitpay,
  btcpay,
  nowpayments,
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
