import { Hono } from 'hono';
import { eachProvider, providerNames } from '#kernel/provider-name.ts';
import type { CallEnv } from './connection.ts';
import type { VisitInput } from './contract.ts';
import { setDial } from './dials.ts';
import { earliest } from './earliest.ts';
import type { ProviderSandboxCore, ProviderSandboxCoreOptions } from './options.ts';
import { addPages, addShopPages } from './pages/routes.ts';
import { simulators } from './registry.ts';
import { createStation, type Stations } from './station.ts';

// The outside world: every payment provider, with their checkout pages and a control page for their faults. Nothing here is
// shared with the product but the providers' names, and nothing happens but by a call: no socket, no timer. With a clock,
// chance and a way out for webhooks that are the caller's, the same calls give the same answers, byte for byte.

const turnsMax = 10_000;

/** `origin`: scheme, host and port of all addresses, without a slash at the end. */
export function createProviderSandbox(
  options: ProviderSandboxCoreOptions & { readonly origin: string | (() => string) },
): ProviderSandboxCore {
  const now = options.now ?? Date.now;
  const given = options.origin;
  const origin = typeof given === 'string' ? () => given : given;
  const stations: Stations = eachProvider((name) => createStation(name, { options, now, origin }));
  const all = Object.values(stations);
  const app = new Hono<CallEnv>();
  addPages(app, { stations, now });
  for (const name of providerNames) app.route(simulators[name].apiPath, stations[name].app);
  addShopPages(app, stations);

  const core: Omit<ProviderSandboxCore, 'settle'> = {
    get apiUrls() {
      return eachProvider((name) => `${origin()}${simulators[name].address.path}`);
    },
    get environment() {
      return environmentOf(stations, origin());
    },
    fetch: async (request, connection) => app.fetch(request, { connection }),
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
    tick() {
      for (const { provider, deliveries } of all) {
        provider.tick();
        deliveries.worker();
      }
    },
    nextDueAt: () => earliest(all.map((station) => station.nextDueAt())),
    waitingWebhooks: (provider) => stations[provider].deliveries.waiting().map(({ reference }) => reference),
    hasWork: () => all.some(({ deliveries }) => deliveries.hasWork()),
    release() {
      for (const { deliveries } of all) deliveries.release();
    },
    async stop() {
      await Promise.all(all.map(({ deliveries }) => deliveries.stop()));
    },
  };
  return Object.assign(core, { settle: () => settle(core) });
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

/** Bounded by turns of the event loop, since no time passes here. */
async function settle(core: Pick<ProviderSandboxCore, 'tick' | 'release' | 'hasWork'>): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    core.tick();
    core.release();
    if (!core.hasWork()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`webhooks did not settle within ${turnsMax} turns of the event loop`);
}
