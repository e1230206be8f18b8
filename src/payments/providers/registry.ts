import type { Clock } from '#kernel/clock.ts';
import type { EventLog } from '#kernel/events.ts';
import type { Random } from '#kernel/ids.ts';
import type { PaymentProvider, ProviderHealth, ProviderRegistry } from '../payment-provider.ts';
import { type BitpaySettings, createBitpayProvider } from './bitpay/bitpay-provider.ts';
import { findBitpayError } from './bitpay/client.ts';
import { type BtcpaySettings, createBtcpayProvider } from './btcpay/btcpay-provider.ts';
import { findBtcpayError } from './btcpay/client.ts';
import { findCoinbaseError } from './coinbase/client.ts';
import { type CoinbaseSettings, createCoinbaseProvider } from './coinbase/coinbase-provider.ts';
import { createProviderHttp, type ProviderCall, type ProviderHttpOptions } from './http.ts';
import { defaultHttpPolicy, type HttpPolicy } from './http-policy.ts';
import { findPayhipError } from './payhip/client.ts';
import { createPayhipProvider, type PayhipSettings } from './payhip/payhip-provider.ts';
import { withoutSlash } from './web-address.ts';

/** The providers that are switched on; the order here is the order of `provider: "auto"`. */
export interface ProviderSettings {
  coinbase?: CoinbaseSettings | null | undefined;
  bitpay?: Omit<BitpaySettings, 'notificationUrl'> | null | undefined;
  btcpay?: BtcpaySettings | null | undefined;
  payhip?: PayhipSettings | null | undefined;
  /** Where this program is reached from outside; BitPay is told with each invoice where to post. */
  publicUrl?: string | null | undefined;
}

export interface ProviderRegistryDeps {
  clock: Clock;
  random: Random;
  log: EventLog;
  /** Hears of every attempt of a call, for metrics. */
  onCall?: ((call: ProviderCall) => void) | undefined;
  /** Bounds that differ from the defaults. */
  policy?: Partial<HttpPolicy> | undefined;
}

/** Builds the adapters that are configured. Throws ProviderSettingInvalid for a key that cannot be read. */
export function createProviderRegistry(settings: ProviderSettings, deps: ProviderRegistryDeps): ProviderRegistry {
  const policy: HttpPolicy = { ...defaultHttpPolicy, ...deps.policy };
  const withHttp = (options: ProviderHttpOptions) => {
    const shared = { clock: deps.clock, random: deps.random, policy };
    return { ...shared, http: createProviderHttp({ ...shared, log: deps.log, onCall: deps.onCall }, options) };
  };
  const entries: { provider: PaymentProvider; health: () => ProviderHealth }[] = [];
  const { coinbase, bitpay, btcpay, payhip, publicUrl } = settings;

  if (coinbase) {
    const secrets = [...coinbase.keySecrets, ...coinbase.webhookSecrets];
    const tools = withHttp({ provider: 'coinbase', secrets, findError: findCoinbaseError });
    const provider = createCoinbaseProvider(tools, { ...coinbase, apiUrl: withoutSlash(coinbase.apiUrl) });
    entries.push({ provider, health: () => ({ ...tools.http.health(), dashboardUrl: null }) });
  }
  if (bitpay) {
    const { merchant } = bitpay;
    const secrets = [...bitpay.posTokens, ...(merchant?.tokens ?? []), ...(merchant ? [merchant.privateKeyHex] : [])];
    const tools = withHttp({ provider: 'bitpay', secrets, findError: findBitpayError });
    const notificationUrl = publicUrl ? `${withoutSlash(publicUrl)}/webhooks/bitpay` : undefined;
    const apiUrl = withoutSlash(bitpay.apiUrl);
    const provider = createBitpayProvider(tools, { ...bitpay, apiUrl, notificationUrl });
    entries.push({ provider, health: () => ({ ...tools.http.health(), dashboardUrl: null }) });
  }
  if (btcpay) {
    const url = withoutSlash(btcpay.url);
    const secrets = [btcpay.apiKey, ...btcpay.webhookSecrets];
    const tools = withHttp({ provider: 'btcpay', secrets, findError: findBtcpayError });
    const provider = createBtcpayProvider(tools, { ...btcpay, url });
    entries.push({ provider, health: () => ({ ...tools.http.health(), dashboardUrl: `${url}/invoices/` }) });
  }
  if (payhip) {
    const secrets = [...payhip.apiKeys, ...payhip.pathSecrets];
    const tools = withHttp({ provider: 'payhip', secrets, findError: findPayhipError });
    const provider = createPayhipProvider(tools, { ...payhip, apiUrl: withoutSlash(payhip.apiUrl) });
    entries.push({ provider, health: () => ({ ...tools.http.health(), dashboardUrl: null }) });
  }

  const providers = entries.map(({ provider }) => provider);
  return {
    list: () => providers,
    find: (name) => providers.find((provider) => provider.name === name),
    health: (name) => entries.find(({ provider }) => provider.name === name)?.health(),
  };
}
