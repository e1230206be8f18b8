import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { troubleBody as bitpayTrouble } from './bitpay/errors.ts';
import { createBitPay } from './bitpay/provider.ts';
import { permissions } from './btcpay/api.ts';
import { troubleBody as btcpayTrouble } from './btcpay/errors.ts';
import { createBtcPay } from './btcpay/provider.ts';
import { troubleBody as coinbaseTrouble } from './coinbase/errors.ts';
import { createCoinbase } from './coinbase/provider.ts';
import type { ProviderName } from './contract.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createFaults, createRandom, type FaultSource } from './faults.ts';
import { type CallLog, createCallLog, faultGate } from './gate.ts';
import type { ProviderHost, SimulatedProvider } from './host.ts';
import { randomBase58 } from './ids.ts';
import type {
  BitPayAccount,
  BtcPayAccount,
  CoinbaseAccount,
  PayhipAccount,
  ProviderSandboxOptions,
} from './options.ts';
import { troubleBody as payhipTrouble } from './payhip/errors.ts';
import { createPayhip } from './payhip/provider.ts';
import { defaultProducts } from './payhip/sale.ts';
import { retryDelaysMsDefault, retryPolicy } from './retry.ts';

/** One simulated provider with everything around it. */
export interface Station {
  readonly provider: SimulatedProvider;
  readonly faults: FaultSource;
  readonly calls: CallLog;
  readonly deliveries: Deliveries;
  /** The provider's API behind its faults. */
  readonly app: Hono<{ Bindings: HttpBindings }>;
}

export interface Accounts {
  readonly coinbase: CoinbaseAccount;
  readonly bitpay: BitPayAccount;
  readonly btcpay: BtcPayAccount;
  readonly payhip: PayhipAccount;
}

export interface StationDeps {
  readonly accounts: Accounts;
  readonly options: ProviderSandboxOptions;
  readonly now: () => number;
  readonly origin: () => string;
}

const minuteMs = 60_000;
const refundDelayMsDefault = 2_000;
const seedDefault = 1;
const trouble = { coinbase: coinbaseTrouble, bitpay: bitpayTrouble, btcpay: btcpayTrouble, payhip: payhipTrouble };

export function createStation(name: ProviderName, deps: StationDeps): Station {
  const { accounts, options, now } = deps;
  // Each provider has its own stream, so that traffic at one does not change what strikes another.
  const seed = (options.seed ?? seedDefault) * 31 + Object.keys(trouble).indexOf(name);
  const faults = createFaults(createRandom(seed));
  const calls = createCallLog();
  const deliveries = createDeliveries({
    provider: name,
    now,
    faults,
    policy: retryPolicy(name, options.webhookRetryDelaysMs ?? retryDelaysMsDefault),
    url: accounts[name].webhookUrl,
  });
  const host: ProviderHost = { now, origin: deps.origin, announce: (event) => deliveries.announce(event) };
  const provider = createProvider(name, { ...deps, host });
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use('*', faultGate({ faults, log: calls, now, errorBody: trouble[name] }));
  app.route('/', provider.api);
  return { provider, faults, calls, deliveries, app };
}

function createProvider(name: ProviderName, deps: StationDeps & { host: ProviderHost }): SimulatedProvider {
  const { accounts, options, host } = deps;
  const refundDelayMs = options.refundDelayMs ?? refundDelayMsDefault;
  switch (name) {
    case 'coinbase': {
      const { keyId, publicKey, webhookSecret } = accounts.coinbase;
      return createCoinbase(host, { keyId, key: publicKey, webhookSecret, refundDelayMs });
    }
    case 'bitpay': {
      const { posToken, merchantToken, clientPublicKeyHex, ...rest } = accounts.bitpay;
      return createBitPay(host, {
        posToken,
        merchantToken,
        clientPublicKeyHex,
        lifeMs: rest.lifeMs ?? 15 * minuteMs,
        completeAfterMs: rest.completeAfterMs ?? minuteMs,
        cancelledStatus: rest.cancelledStatus ?? 'expired',
        signsWebhooks: rest.signsWebhooks ?? true,
        errorsWithStatus200: rest.errorsWithStatus200 ?? false,
        refundDelayMs,
      });
    }
    case 'btcpay': {
      const { apiKey, storeId, webhookSecret } = accounts.btcpay;
      const held = accounts.btcpay.permissions ?? Object.values(permissions);
      return createBtcPay(host, { apiKey, storeId, webhookSecret, permissions: held, webhookId: randomBase58(22) });
    }
    case 'payhip': {
      const { apiKey, products = defaultProducts() } = accounts.payhip;
      return createPayhip(host, { apiKey, products });
    }
    default:
      return name satisfies never;
  }
}
