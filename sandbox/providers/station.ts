import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { type CallLog, createCallLog, injectFaults } from './fault-injection.ts';
import { createFaults, createRandom, type FaultSource } from './faults.ts';
import type { ProviderHost, SimulatedProvider } from './host.ts';
import { createLateCalls } from './late-calls.ts';
import type { ProviderSandboxOptions } from './options.ts';
import { type AccountByProvider, simulators } from './registry.ts';
import { retryDelaysMsDefault } from './retry.ts';
import { createRewording, type Rewording } from './rewording.ts';
import type { Simulator, SimulatorAccount } from './simulator.ts';

/** One simulated provider with everything around it. */
export interface Station {
  readonly provider: SimulatedProvider;
  readonly faults: FaultSource;
  readonly calls: CallLog;
  readonly deliveries: Deliveries;
  readonly rewording: Rewording;
  /** The provider's API behind its faults. */
  readonly app: Hono<{ Bindings: HttpBindings }>;
  /** The product's settings of an account that was made up; empty for one that was given. */
  readonly environment: Readonly<Record<string, string>>;
}

export type Stations = Readonly<Record<ProviderName, Station>>;

export interface StationDeps {
  readonly options: ProviderSandboxOptions;
  readonly now: () => number;
  readonly origin: () => string;
}

const refundDelayMsDefault = 2_000;
const seedDefault = 1;

export function createStation<Name extends ProviderName>(name: Name, deps: StationDeps): Station {
  const given: AccountByProvider[Name] | undefined = deps.options.accounts?.[name];
  return openStation(simulators[name], { ...deps, given });
}

function openStation<Account extends SimulatorAccount>(
  simulator: Simulator<Account>,
  deps: StationDeps & { given: Account | undefined },
): Station {
  const { options, now, given } = deps;
  const { name } = simulator;
  // Each provider has its own stream, so that traffic at one does not change the faults of another.
  const seed = (options.seed ?? seedDefault) * 31 + providerNames.indexOf(name);
  const faults = createFaults(createRandom(seed));
  const calls = createCallLog();
  const late = createLateCalls(now);
  const { account, environment } = given === undefined ? simulator.makeAccount() : { account: given, environment: {} };
  const deliveries = createDeliveries({
    provider: name,
    now,
    faults,
    policy: { ...simulator.retry, delaysMs: options.webhookRetryDelaysMs ?? retryDelaysMsDefault },
    url: account.webhookUrl,
  });
  const host: ProviderHost = { now, origin: deps.origin, announce: (event) => deliveries.announce(event), deliveries };
  const made = simulator.create(host, { account, refundDelayMs: options.refundDelayMs ?? refundDelayMsDefault });
  const provider: SimulatedProvider = {
    ...made,
    tick() {
      late.release();
      made.tick();
    },
  };
  const app = new Hono<{ Bindings: HttpBindings }>();
  const rewording = createRewording();
  app.use('*', injectFaults({ faults, log: calls, late, now, errorBody: simulator.failureBody }));
  app.use('*', rewording.middleware);
  app.route('/', provider.api);
  return { provider, faults, calls, deliveries, rewording, app, environment };
}
