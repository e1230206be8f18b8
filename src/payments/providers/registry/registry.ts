import type { Clock } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { CreateHttpClient, HttpClient } from '#network/http-client.ts';
import type { DecommissionedProviders } from '../../ports/decommissioned-providers.ts';
import type { PaymentProvider, ProviderHealth, ProviderRegistry } from '../../ports/payment-provider.ts';
import { createProviderHttp, type ProviderCall } from '../http/client.ts';
import { connectionsToProviders, defaultHttpPolicy, type HttpPolicy } from '../http/policy.ts';
import type { ProviderDefinition, SharedSettings } from '../kit/provider-definition.ts';
import { definitions, type SettingsByProvider } from './definitions.ts';

/** The settings of the providers that are on. */
export type ProviderSettings = { readonly [Name in ProviderName]?: SettingsByProvider[Name] | null | undefined };

export interface ProviderRegistryDeps {
  clock: Clock;
  createHttpClient: CreateHttpClient;
  random: Random;
  log: EventLog;
  /** Where this program is reached from outside; some providers get the address of their webhooks with each payment. */
  publicUrl?: string | null | undefined;
  /** Called after every attempt of a call, for metrics. */
  onCall?: ((call: ProviderCall) => void) | undefined;
  /** The providers that no call goes out to any more; without it calls go out to all. */
  decommissioned?: DecommissionedProviders | undefined;
  /** Bounds that differ from the defaults. */
  policy?: Partial<HttpPolicy> | undefined;
}

interface Entry {
  provider: PaymentProvider;
  health(): ProviderHealth;
}

/** Builds the adapters that are configured. */
export function createProviderRegistry(settings: ProviderSettings, deps: ProviderRegistryDeps): ProviderRegistry {
  const shared = { publicUrl: deps.publicUrl ?? null };
  const httpClient = deps.createHttpClient(connectionsToProviders);
  const open = <Name extends ProviderName>(name: Name): Entry[] => {
    const own = settings[name];
    return own ? [createEntry(definitions[name], { settings: own, shared, deps, httpClient })] : [];
  };
  const entries = Object.values(definitions).flatMap(({ name }) => open(name));
  const providers = entries.map(({ provider }) => provider);
  return {
    list: () => providers,
    find: (name) => providers.find((provider) => provider.name === name),
    health: (name) => entries.find(({ provider }) => provider.name === name)?.health(),
  };
}

function createEntry<Settings>(
  definition: ProviderDefinition<Settings>,
  input: { settings: Settings; shared: SharedSettings; deps: ProviderRegistryDeps; httpClient: HttpClient },
): Entry {
  const { settings, shared, deps, httpClient } = input;
  const { clock, random, log, onCall, decommissioned } = deps;
  const policy: HttpPolicy = { ...defaultHttpPolicy, ...deps.policy };
  const http = createProviderHttp(
    { clock, httpClient, random, log, policy, onCall, decommissioned },
    { provider: definition.name, secrets: definition.secretsOf(settings), findError: definition.findError },
  );
  const provider = definition.create({ http, clock, random, policy }, settings, shared);
  return {
    provider,
    health: () => ({ ...http.health(), dashboardUrl: definition.dashboardUrlOf(settings) }),
  };
}
