import type { ProviderName } from '#kernel/provider-name.ts';
import { bitpay } from '../bitpay/definition.ts';
import { btcpay } from '../btcpay/definition.ts';
import { coinbase } from '../coinbase/definition.ts';
import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { nowpayments } from '../nowpayments/definition.ts';
import { payhip } from '../payhip/definition.ts';

/** Every adapter, in the order of `provider: "auto"`. */
const table = {
  coinbase,
  bitpay,
  btcpay,
  nowpayments,
  payhip,
};

type SettingsOf<Definition> = Definition extends ProviderDefinition<infer Settings> ? Settings : never;

/** What each adapter is set up with. */
export type SettingsByProvider = { [Name in ProviderName]: SettingsOf<(typeof table)[Name]> };

export const definitions: { readonly [Name in ProviderName]: ProviderDefinition<SettingsByProvider[Name]> } = table;
