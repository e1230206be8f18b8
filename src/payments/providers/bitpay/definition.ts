import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { webhookAddress, withoutSlash } from '../kit/web-address.ts';
import { type BitpaySettings, createBitpayProvider } from './bitpay-provider.ts';
import { findBitpayError } from './client.ts';

export const bitpay: ProviderDefinition<Omit<BitpaySettings, 'notificationUrl'>> = {
  name: 'bitpay',
  create(tools, settings, { publicUrl }) {
    const notificationUrl = webhookAddress(publicUrl, 'bitpay');
    return createBitpayProvider(tools, { ...settings, apiUrl: withoutSlash(settings.apiUrl), notificationUrl });
  },
  secretsOf: ({ posTokens, merchant }) => [
    ...posTokens,
    ...(merchant ? [...merchant.tokens, merchant.privateKeyHex] : []),
  ],
  findError: findBitpayError,
  dashboardUrlOf: () => null,
};
