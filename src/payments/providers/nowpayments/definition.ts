import { webhookAddress } from '../kit/payment-request.ts';
import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { baseUrl, secrets, word } from '../kit/setting-formats.ts';
import { declareSettings, setting } from '../kit/settings.ts';
import { findNowpaymentsError } from './client.ts';
import { createNowpaymentsProvider, type NowpaymentsSettings } from './nowpayments-provider.ts';

export const nowpayments: ProviderDefinition<NowpaymentsSettings> = {
  name: 'nowpayments',
  settings: declareSettings({
    title: 'NOWPayments',
    needed: {
      NOWPAYMENTS_API_KEY: setting({ schema: word, isSecret: true, sentence: 'NOWPayments: the API key.' }),
      NOWPAYMENTS_IPN_SECRET: setting({
        schema: secrets,
        isSecret: true,
        sentence: 'NOWPayments: the IPN secret, which verifies webhooks.',
      }),
    },
    together: {
      title: "NOWPayments' dashboard",
      settings: {
        NOWPAYMENTS_EMAIL: setting({
          schema: word,
          isSecret: true,
          sentence:
            'NOWPayments: the login of the dashboard; optional, and only with NOWPAYMENTS_PASSWORD: finds payments whose webhooks were all lost.',
        }),
        NOWPAYMENTS_PASSWORD: setting({
          schema: word,
          isSecret: true,
          sentence: 'NOWPayments: the password of the dashboard; optional, and only with NOWPAYMENTS_EMAIL.',
        }),
      },
    },
    optional: {
      NOWPAYMENTS_API_URL: setting({
        schema: baseUrl,
        fallback: 'https://api.nowpayments.io/v1',
        unit: 'URL',
        sentence: 'NOWPayments: everything before /invoice; https://api-sandbox.nowpayments.io/v1 for its sandbox.',
      }),
    },
    toSettings: (values, login) => ({
      apiUrl: values.NOWPAYMENTS_API_URL,
      apiKey: values.NOWPAYMENTS_API_KEY,
      ipnSecrets: values.NOWPAYMENTS_IPN_SECRET,
      login: login && { email: login.NOWPAYMENTS_EMAIL, password: login.NOWPAYMENTS_PASSWORD },
    }),
  }),
  create: (tools, settings, { publicUrl }) =>
    createNowpaymentsProvider(tools, { ...settings, notificationUrl: webhookAddress(publicUrl, 'nowpayments') }),
  secretsOf: ({ apiKey, ipnSecrets, login }) => [
    apiKey,
    ...ipnSecrets,
    ...(login ? [login.email, login.password] : []),
  ],
  findError: findNowpaymentsError,
  dashboardUrlOf: () => null,
};
