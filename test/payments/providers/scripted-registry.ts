import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentProvider } from '#payments/payment-provider.ts';
import { createProviderRegistry } from '#payments/providers/registry.ts';
import { makeBitPayAccount, makeCoinbaseAccount } from '#sandbox/providers/credentials.ts';
import { recordingLog, seededRandom, testClock } from './support.ts';

const coinbase = makeCoinbaseAccount().environment;
const bitpay = makeBitPayAccount().environment;
const read = (from: Readonly<Record<string, string>>, name: string): string => from[name] ?? '';

/** The adapter, with keys of its own, before a server that says what a script says. */
export function connectTo(name: ProviderName, url: string): PaymentProvider {
  const settings = {
    publicUrl: 'https://till.example.com',
    coinbase: {
      keyId: read(coinbase, 'COINBASE_API_KEY_ID'),
      keySecrets: [read(coinbase, 'COINBASE_API_KEY_SECRET')],
      webhookSecrets: ['s'],
      apiUrl: url,
    },
    bitpay: {
      posTokens: [read(bitpay, 'BITPAY_POS_TOKEN')],
      merchant: {
        tokens: [read(bitpay, 'BITPAY_MERCHANT_TOKEN')],
        privateKeyHex: read(bitpay, 'BITPAY_PRIVATE_KEY'),
      },
      apiUrl: url,
    },
    btcpay: { url, apiKey: 'key', storeId: 'store', webhookSecrets: ['s'] },
  };
  const deps = { clock: testClock(), random: seededRandom(), log: recordingLog() };
  const policy = { timeoutMs: 1_000, attemptsMax: 2 };
  return createProviderRegistry(settings, { ...deps, policy }).find(name) as PaymentProvider;
}
