import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { eachProvider, providerNames } from '#kernel/provider-name.ts';
import type { VisitInput } from './contract.ts';
import { setDial } from './dials.ts';
import type { ProviderSandbox, ProviderSandboxOptions } from './options.ts';
import { addPages, addShopPages } from './pages/routes.ts';
import { simulators } from './registry.ts';
import { createStation, type Station, type Stations } from './station.ts';

// The outside world: every payment provider on one port, with their checkout pages and a control page for their faults.
// Nothing here is shared with the product but the providers' names.

const tickMs = 200;
const settleTimeoutMs = 10_000;

export async function startProviderSandbox(options: ProviderSandboxOptions = {}): Promise<ProviderSandbox> {
  const now = options.now ?? Date.now;
  let origin = '';
  const deps = { options, now, origin: () => origin };
  const stations: Stations = eachProvider((name) => createStation(name, deps));
  const app = new Hono<{ Bindings: HttpBindings }>();
  addPages(app, { stations, now });
  for (const name of providerNames) app.route(simulators[name].apiPath, stations[name].app);
  addShopPages(app, stations);

  const server = createAdaptorServer({ fetch: app.fetch });
  origin = await listen(server, options);
  const all = Object.values(stations);
  const tick = () => {
    for (const { provider, deliveries } of all) {
      provider.tick();
      deliveries.worker();
    }
  };
  const timer = setInterval(tick, tickMs);

  return {
    url: `${origin}/`,
    apiUrls: eachProvider((name) => `${origin}${simulators[name].address.path}`),
    environment: environmentOf(stations, origin),
    setWebhookUrl: (provider, url) => stations[provider].deliveries.setUrl(url),
    visit: async (input) => visit(stations, input),
    records: (provider) => stations[provider].provider.records(),
    record: (provider, reference) =>
      stations[provider].provider.records().find((record) => record.reference === reference),
    callLog: (provider) => stations[provider].calls.calls,
    deliveries: (provider) => stations[provider].deliveries.log,
    reword: (provider, change) => stations[provider].rewording.set(change),
    faults: (provider) => stations[provider].faults.controls,
    setDial: (provider, name, value) => setDial(stations[provider].provider, { name, value }),
    shop: (provider) => stations[provider].provider.shop,
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

function environmentOf(stations: Stations, origin: string): Record<string, string> {
  const parts = providerNames.map((name) => {
    const { setting, path } = simulators[name].address;
    return { ...stations[name].environment, [setting]: `${origin}${path}` };
  });
  return Object.assign({}, ...parts);
}

function visit(stations: Stations, { provider, ...input }: VisitInput): void {
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
    // Releasing deliveries makes every sender busy for one turn even if there is nothing to do, so it is checked after that turn.
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
