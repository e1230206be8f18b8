import { hash } from 'node:crypto';
import { z } from 'zod';
import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { baseUrl, listOf, secrets } from '../kit/setting-formats.ts';
import { declareSettings, setting } from '../kit/settings.ts';
import { findPayhipError } from './client.ts';
import { createPayhipProvider, type PayhipSettings } from './payhip-provider.ts';

/** What stands in a path as it is, so that nothing on the way writes it in another form. */
const pathSecrets = listOf(
  z
    .string()
    .regex(/^[A-Za-z0-9_.~-]{1,128}$/, 'may have 1 to 128 of the characters A-Z a-z 0-9 _ . ~ - (it is a path)'),
);

export const payhip: ProviderDefinition<PayhipSettings> = {
  name: 'payhip',
  settings: declareSettings({
    title: 'Payhip',
    needed: {
      PAYHIP_API_KEY: setting({
        schema: secrets,
        isSecret: true,
        sentence: 'Payhip: the API key of the account; the first is sent, and each verifies webhooks.',
      }),
      PAYHIP_WEBHOOK_PATH_SECRET: setting({
        schema: pathSecrets,
        isSecret: true,
        isSelfMade: true,
        sentence: 'Payhip: the long random end of the webhook address, PUBLIC_URL/webhooks/payhip/SECRET.',
      }),
    },
    optional: {
      PAYHIP_API_URL: setting({
        schema: baseUrl,
        fallback: 'https://payhip.com/api/v2',
        unit: 'URL',
        sentence: 'Payhip: everything before /coupons.',
      }),
    },
    toSettings: (values) => ({
      apiUrl: values.PAYHIP_API_URL,
      apiKeys: values.PAYHIP_API_KEY,
      pathSecrets: values.PAYHIP_WEBHOOK_PATH_SECRET,
    }),
  }),
  create: createPayhipProvider,
  // Payhip signs every webhook with the same hash of the key: whoever has seen it can forge any sale.
  secretsOf: ({ apiKeys, pathSecrets }) => [
    ...apiKeys,
    ...apiKeys.map((key) => hash('sha256', key, 'hex')),
    ...pathSecrets,
  ],
  findError: findPayhipError,
  dashboardUrlOf: () => null,
};
