import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { withoutSlash } from '../kit/web-address.ts';
import { findCoinbaseError } from './client.ts';
import { type CoinbaseSettings, createCoinbaseProvider } from './coinbase-provider.ts';

export const coinbase: ProviderDefinition<CoinbaseSettings> = {
  name: 'coinbase',
  create: (tools, settings) => createCoinbaseProvider(tools, { ...settings, apiUrl: withoutSlash(settings.apiUrl) }),
  secretsOf: ({ keySecrets, webhookSecrets }) => [...keySecrets, ...webhookSecrets],
  findError: findCoinbaseError,
  dashboardUrlOf: () => null,
};
