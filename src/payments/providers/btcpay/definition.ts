import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { withoutSlash } from '../kit/web-address.ts';
import { type BtcpaySettings, createBtcpayProvider } from './btcpay-provider.ts';
import { findBtcpayError } from './client.ts';

export const btcpay: ProviderDefinition<BtcpaySettings> = {
  name: 'btcpay',
  create: (tools, settings) => createBtcpayProvider(tools, { ...settings, url: withoutSlash(settings.url) }),
  secretsOf: ({ apiKey, webhookSecrets }) => [apiKey, ...webhookSecrets],
  findError: findBtcpayError,
  dashboardUrlOf: ({ url }) => `${withoutSlash(url)}/invoices/`,
};
