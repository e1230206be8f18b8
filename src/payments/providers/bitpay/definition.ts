import { z } from 'zod';
import { webhookAddress } from '../kit/payment-request.ts';
import type { ProviderDefinition } from '../kit/provider-definition.ts';
import { baseUrl, secrets } from '../kit/setting-formats.ts';
import { declareSettings, setting } from '../kit/settings.ts';
import { type BitpaySettings, createBitpayProvider } from './bitpay-provider.ts';
import { findBitpayError } from './client.ts';

const hexKey = z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal characters');

export const bitpay: ProviderDefinition<Omit<BitpaySettings, 'notificationUrl'>> = {
  name: 'bitpay',
  settings: declareSettings({
    title: 'BitPay',
    needed: {
      BITPAY_POS_TOKEN: setting({
        schema: secrets,
        isSecret: true,
        sentence: 'BitPay: the point-of-sale token; creates and fetches invoices, verifies webhooks.',
      }),
    },
    together: {
      title: "BitPay's merchant facade",
      settings: {
        BITPAY_MERCHANT_TOKEN: setting({
          schema: secrets,
          isSecret: true,
          sentence: 'BitPay: the merchant token; optional, and only with BITPAY_PRIVATE_KEY: list, cancel, refund.',
        }),
        BITPAY_PRIVATE_KEY: setting({
          schema: hexKey,
          unit: '64 hexadecimal characters',
          isSecret: true,
          sentence:
            'BitPay: the secp256k1 key that signs merchant calls; optional, and only with BITPAY_MERCHANT_TOKEN.',
        }),
      },
    },
    optional: {
      BITPAY_API_URL: setting({
        schema: baseUrl,
        fallback: 'https://bitpay.com',
        unit: 'URL',
        sentence: 'BitPay: base address; https://test.bitpay.com for the test network.',
      }),
    },
    toSettings: (values, merchant) => ({
      apiUrl: values.BITPAY_API_URL,
      posTokens: values.BITPAY_POS_TOKEN,
      merchant: merchant && { tokens: merchant.BITPAY_MERCHANT_TOKEN, privateKeyHex: merchant.BITPAY_PRIVATE_KEY },
    }),
  }),
  create: (tools, settings, { publicUrl }) =>
    createBitpayProvider(tools, { ...settings, notificationUrl: webhookAddress(publicUrl, 'bitpay') }),
  secretsOf: ({ posTokens, merchant }) => [
    ...posTokens,
    ...(merchant ? [...merchant.tokens, merchant.privateKeyHex] : []),
  ],
  findError: findBitpayError,
  dashboardUrlOf: () => null,
};
