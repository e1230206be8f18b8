import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { type ProviderName, providerNames, type VisitInput } from './contract.ts';
import { makeBitPayAccount, makeBtcPayAccount, makeCoinbaseAccount, makePayhipAccount } from './credentials.ts';
import type { ProviderSandbox, ProviderSandboxOptions } from './options.ts';
import { addPages } from './pages/routes.ts';
import { createPayhipPages } from './payhip/pages.ts';
import type { SimulatedPayhip } from './payhip/provider.ts';
import type { PayhipSeller } from './payhip/seller.ts';
import { type Accounts, createStation, type Station } from './station.ts';

// The outside world: Coinbase Business, BitPay, a BTCPay Server and a shop at Payhip on one port, with their checkout pages and a control
// page for their faults. Nothing here is shared with the product.

const tickMs = 200;
const settleTimeoutMs = 10_000;
const apiPaths = {
  coinbase: '/coinbase/api/v1',
  bitpay: '/bitpay',
  btcpay: '/btcpay/api/v1',
  payhip: '/payhip/api/v2',
} as const;

export async function startProviderSandbox(options: ProviderSandboxOptions = {}): Promise<ProviderSandbox> {
  const now = options.now ?? Date.now;
  const { accounts, environment } = collectAccounts(options);
  let origin = '';
  const deps = { accounts, options, now, origin: () => origin };
  const stations: Record<ProviderName, Station> = {
    coinbase: createStation('coinbase', deps),
    bitpay: createStation('bitpay', deps),
    btcpay: createStation('btcpay', deps),
    payhip: createStation('payhip', deps),
  };
  const app = new Hono<{ Bindings: HttpBindings }>();
  addPages(app, { stations, now });
  for (const name of providerNames) app.route(apiPaths[name], stations[name].app);
  const seller = sellerOf(stations.payhip);
  app.route('/payhip', createPayhipPages(seller, { isOut: () => stations.payhip.faults.controls.outage }));

  const server = createAdaptorServer({ fetch: app.fetch });
  origin = await listen(server, options);
  const all = Object.values(stations);
  const tick = () => {
    for (const { provider, deliveries } of all) {
      provider.tick();
      deliveries.pump();
    }
  };
  const timer = setInterval(tick, tickMs);

  return {
    url: `${origin}/`,
    coinbaseUrl: `${origin}${apiPaths.coinbase}`,
    bitpayUrl: `${origin}${apiPaths.bitpay}`,
    btcpayUrl: `${origin}/btcpay`,
    payhipUrl: `${origin}${apiPaths.payhip}`,
    payhip: seller,
    environment: {
      ...environment,
      COINBASE_API_URL: `${origin}${apiPaths.coinbase}`,
      BITPAY_API_URL: `${origin}${apiPaths.bitpay}`,
      BTCPAY_URL: `${origin}/btcpay`,
      PAYHIP_API_URL: `${origin}${apiPaths.payhip}`,
    },
    setWebhookUrl: (provider, url) => stations[provider].deliveries.setUrl(url),
    visit: async (input) => visit(stations, input),
    records: (provider) => stations[provider].provider.records(),
    record: (provider, reference) =>
      stations[provider].provider.records().find((record) => record.reference === reference),
    callLog: (provider) => stations[provider].calls.calls,
    deliveries: (provider) => stations[provider].deliveries.log,
    faults: (provider) => stations[provider].faults.controls,
    createForeign: (provider, input) => stations[provider].provider.createForeign(input),
    tick,
    settle: (settleOptions) => settle(all, { tick, timeoutMs: settleOptions?.timeoutMs ?? settleTimeoutMs }),
    async stop() {
      clearInterval(timer);
      await Promise.all(all.map(({ deliveries }) => deliveries.stop()));
      await close(server);
    },
  };
}

function collectAccounts(options: ProviderSandboxOptions): { accounts: Accounts; environment: Record<string, string> } {
  const coinbase =
    options.coinbase === undefined ? makeCoinbaseAccount() : { account: options.coinbase, environment: {} };
  const bitpay = options.bitpay === undefined ? makeBitPayAccount() : { account: options.bitpay, environment: {} };
  const btcpay = options.btcpay === undefined ? makeBtcPayAccount() : { account: options.btcpay, environment: {} };
  const payhip = options.payhip === undefined ? makePayhipAccount() : { account: options.payhip, environment: {} };
  return {
    accounts: {
      coinbase: coinbase.account,
      bitpay: bitpay.account,
      btcpay: btcpay.account,
      payhip: payhip.account,
    },
    environment: {
      ...coinbase.environment,
      ...bitpay.environment,
      ...btcpay.environment,
      ...payhip.environment,
    },
  };
}

/** The station of that name is made with the one provider that has a seller. */
function sellerOf(station: Station): PayhipSeller {
  return (station.provider as SimulatedPayhip).seller;
}

function visit(stations: Record<ProviderName, Station>, { provider, ...input }: VisitInput): void {
  stations[provider].provider.visit(input);
}

async function settle(
  stations: readonly Station[],
  { tick, timeoutMs }: { tick: () => void; timeoutMs: number },
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    tick();
    for (const { deliveries } of stations) deliveries.release();
    // Pumping makes every sender busy for one turn even if there is nothing to do, so look again after that turn.
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (!stations.some(({ deliveries }) => deliveries.hasWork())) return;
    if (performance.now() > deadline) throw new Error(`webhooks did not settle within ${timeoutMs} ms`);
  }
}

function listen(server: ServerType, { host = '127.0.0.1', port = 0 }: ProviderSandboxOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`);
    });
  });
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
