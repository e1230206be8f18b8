import type { ProviderName } from '#kernel/provider-name.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import { providerSettings } from '#test/support/providers/provider-settings.ts';
import { recordingLog, seededRandom, testClock } from './scripted-server.ts';

/** The adapter, with an account that nobody knows, before a server that says what a script says. */
export function connectTo(name: ProviderName, url: string): PaymentProvider {
  const { address, makeAccount } = simulators[name];
  const own = { [address.setting]: url, PUBLIC_URL: 'https://till.example.com' };
  const { providers, publicUrl } = providerSettings({ ...makeAccount().environment, ...own });
  const deps = { clock: testClock(), createHttpClient, random: seededRandom(), log: recordingLog(), publicUrl };
  const policy = { timeoutMs: 1_000, attemptsMax: 2 };
  const provider = createProviderRegistry(providers, { ...deps, policy }).find(name);
  if (provider === undefined) throw new Error(`${name} is off`);
  return provider;
}
