import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { baseUrl, secrets, word } from '../kit/setting-formats.ts';
import { declareSettings, setting } from '../kit/settings.ts';
import { type BtcpaySettings, createBtcpayProvider } from './btcpay-provider.ts';
import { findBtcpayError } from './client.ts';

export const btcpay: ProviderDefinition<BtcpaySettings> = {
  name: 'btcpay',
  settings: declareSettings({
    title: 'BTCPay Server',
    needed: {
      BTCPAY_URL: setting({ schema: baseUrl, unit: 'URL', sentence: 'BTCPay Server: everything before /api/v1.' }),
      BTCPAY_API_KEY: setting({ schema: word, isSecret: true, sentence: 'BTCPay Server: the Greenfield API key.' }),
      BTCPAY_STORE_ID: setting({ schema: word, sentence: 'BTCPay Server: the id of the store.' }),
      BTCPAY_WEBHOOK_SECRET: setting({
        schema: secrets,
        isSecret: true,
        isSelfMade: true,
        sentence: "BTCPay Server: the secret of the store's webhook.",
      }),
    },
    toSettings: (values) => ({
      url: values.BTCPAY_URL,
      apiKey: values.BTCPAY_API_KEY,
      storeId: values.BTCPAY_STORE_ID,
      webhookSecrets: values.BTCPAY_WEBHOOK_SECRET,
    }),
  }),
  create: createBtcpayProvider,
  secretsOf: ({ apiKey, webhookSecrets }) => [apiKey, ...webhookSecrets],
  findError: findBtcpayError,
  dashboardUrlOf: ({ url }) => `${url}/invoices/`,
};
