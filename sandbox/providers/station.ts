import { randomBytes } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { forkBytes } from '../kit/random.ts';
import type { CallEnv } from './connection.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { earliest } from './earliest.ts';
import { type CallLog, createCallLog, type FaultInjection, injectFaults } from './fault-injection.ts';
import { createFaults, createRandom, type FaultSource } from './faults.ts';
import type { ProviderHost, SimulatedProvider } from './host.ts';
import { createIds } from './ids.ts';
import { createLateCalls } from './late-calls.ts';
import type { ProviderSandboxCoreOptions } from './options.ts';
import { postByFetch } from './post.ts';
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
  readonly app: Hono<CallEnv>;
  /** When anything of it is due: the provider, its late calls and its webhooks. */
  nextDueAt(): number | undefined;
  /** The product's settings of an account that was made up; empty for one that was given. */
  readonly environment: Readonly<Record<string, string>>;
}

export type Stations = Readonly<Record<ProviderName, Station>>;

export interface StationDeps {
  readonly options: ProviderSandboxCoreOptions;
  readonly now: () => number;
  readonly origin: () => string;
}

const refundDelayMsDefault = 2_000;
const seedDefault = 1;
const webhooksAtOnceDefault = 20;

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
  // Ids have their own stream for the same reason.
  const ids = createIds(options.random === undefined ? randomBytes : forkBytes(options.random));
  const made = given === undefined ? simulator.makeAccount(ids) : { account: given, environment: {} };
  const deliveries = createDeliveries({
    provider: name,
    now,
    holdNow: options.holdNow ?? now,
    post: options.post ?? postByFetch,
    atOnceMax: options.webhooksAtOnce ?? webhooksAtOnceDefault,
    faults,
    policy: { ...simulator.retry, delaysMs: retryDelaysMs(options, simulator.realRetryDelaysMs) },
    url: made.account.webhookUrl,
  });
  const host: ProviderHost = {
    now,
    origin: deps.origin,
    ids,
    verifiesSignatures: options.verifiesSignatures ?? true,
    announce: (event) => deliveries.announce(event),
    deliveries,
  };
  const refundDelayMs = options.refundDelayMs ?? refundDelayMsDefault;
  const { provider, touch } = watchDue(simulator.create(host, { account: made.account, refundDelayMs }));
  const errorBody: FaultInjection['errorBody'] = (status) => simulator.failureBody(status, ids);
  const app = new Hono<CallEnv>();
  const rewording = createRewording();
  app.use('*', injectFaults({ faults, log: calls, late, now, errorBody }));
  app.use('*', rewording.middleware);
  app.use('*', touch);
  app.route('/', provider.api);
  return {
    provider: {
      ...provider,
      tick() {
        late.release();
        provider.tick();
      },
    },
    faults,
    calls,
    deliveries,
    rewording,
    app,
    environment: made.environment,
    nextDueAt: () => earliest([provider.nextDueAt(), late.nextDueAt(), deliveries.nextDueAt()]),
  };
}

function retryDelaysMs(options: StationDeps['options'], real: readonly number[]): readonly number[] {
  if (options.realRetryDelays === true) return real;
  return options.webhookRetryDelaysMs ?? retryDelaysMsDefault;
}

/** Asks a provider for its next moment only after something may have changed, since it looks through all that it holds. */
function watchDue(provider: SimulatedProvider): { provider: SimulatedProvider; touch: MiddlewareHandler } {
  let known: { atMs: number | undefined } | undefined;
  const after = <Input extends unknown[], Output>(act: (...input: Input) => Output) => {
    return (...input: Input): Output => {
      try {
        return act(...input);
      } finally {
        known = undefined;
      }
    };
  };
  return {
    provider: {
      ...provider,
      visit: after(provider.visit),
      createForeign: after(provider.createForeign),
      tick: after(provider.tick),
      nextDueAt() {
        known ??= { atMs: provider.nextDueAt() };
        return known.atMs;
      },
    },
    async touch({ req }, next) {
      await next();
      if (req.method !== 'GET') known = undefined;
    },
  };
}
