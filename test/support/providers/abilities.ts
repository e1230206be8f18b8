// What each adapter says that it can do when all settings of its simulated account are given: tests are chosen by it.
import { systemClock } from '#kernel/clock.ts';
import { systemRandom } from '#kernel/ids.ts';
import { eachProvider, type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { ProviderCapabilities } from '#payments/ports/payment-provider.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import { startProviderSandbox } from '#sandbox/providers/server.ts';
import { createRecordingLog } from '../fakes/recording-log.ts';
import { providerSettings } from './provider-settings.ts';

const sandbox = await startProviderSandbox();
const registry = createProviderRegistry(providerSettings(sandbox.environment).providers, {
  clock: systemClock,
  random: systemRandom,
  log: createRecordingLog(),
});
await sandbox.stop();

export const abilities: Readonly<Record<ProviderName, ProviderCapabilities>> = eachProvider((name) => {
  const provider = registry.find(name);
  if (provider === undefined) throw new Error(`the sandbox's settings do not switch ${name} on`);
  return provider.capabilities;
});

export type Ability = 'canCreate' | 'canFetch' | 'canList' | 'canCancel' | 'canFindLostCreate';

/** The providers that can do all of it, in the order of the catalogue. */
export function providersThat(...wanted: readonly Ability[]): ProviderName[] {
  return providerNames.filter((name) => wanted.every((ability) => abilities[name][ability]));
}
