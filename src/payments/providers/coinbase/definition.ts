import { z } from 'zod';
import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { baseUrl, listOf, secrets, word } from '../kit/setting-formats.ts';
import { declareSettings, setting } from '../kit/settings.ts';
import { findCoinbaseError } from './client.ts';
import { type CoinbaseSettings, createCoinbaseProvider } from './coinbase-provider.ts';
import { isCoinbaseKey } from './jwt.ts';

const signingKeys = listOf(
  z.string().refine(isCoinbaseKey, 'must be a P-256 or Ed25519 private key: a PEM, or base64 of 64 bytes'),
);

export const coinbase: ProviderDefinition<CoinbaseSettings> = {
  name: 'coinbase',
  settings: declareSettings({
    title: 'Coinbase',
    needed: {
      COINBASE_API_KEY_ID: setting({ schema: word, sentence: 'Coinbase Business: the id (name) of the API key.' }),
      COINBASE_API_KEY_SECRET: setting({
        schema: signingKeys,
        isSecret: true,
        sentence: 'Coinbase Business: the private key, a PEM (literal \\n is understood) or base64.',
      }),
      COINBASE_WEBHOOK_SECRET: setting({
        schema: secrets,
        isSecret: true,
        sentence: 'Coinbase Business: the secret of the webhook subscription.',
      }),
    },
    optional: {
      COINBASE_API_URL: setting({
        schema: baseUrl,
        fallback: 'https://business.coinbase.com/api/v1',
        unit: 'URL',
        sentence: 'Coinbase Business: everything before /checkouts.',
      }),
    },
    toSettings: (values) => ({
      apiUrl: values.COINBASE_API_URL,
      keyId: values.COINBASE_API_KEY_ID,
      keySecrets: values.COINBASE_API_KEY_SECRET,
      webhookSecrets: values.COINBASE_WEBHOOK_SECRET,
    }),
  }),
  create: createCoinbaseProvider,
  secretsOf: ({ keySecrets, webhookSecrets }) => [...keySecrets, ...webhookSecrets],
  findError: findCoinbaseError,
  dashboardUrlOf: () => null,
};
