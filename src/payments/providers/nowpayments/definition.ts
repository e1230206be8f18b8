import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { webhookAddress, withoutSlash } from '../kit/web-address.ts';
import { findNowpaymentsError } from './client.ts';
import { createNowpaymentsProvider, type NowpaymentsSettings } from './nowpayments-provider.ts';

export const nowpayments: ProviderDefinition<NowpaymentsSettings> = {
  name: 'nowpayments',
  create(tools, settings, { publicUrl }) {
    const notificationUrl = webhookAddress(publicUrl, 'nowpayments');
    return createNowpaymentsProvider(tools, { ...settings, apiUrl: withoutSlash(settings.apiUrl), notificationUrl });
  },
  secretsOf: ({ apiKey, ipnSecrets, login }) => [
    apiKey,
    ...ipnSecrets,
    ...(login ? [login.email, login.password] : []),
  ],
  findError: findNowpaymentsError,
  dashboardUrlOf: () => null,
};
