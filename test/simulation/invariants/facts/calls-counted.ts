// How many calls the running process has made, as the network saw them.
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { Passed } from '../../machine/listen-in.ts';
import { addresses } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import { createMemory } from '../memory.ts';
import type { Sample } from './samples.ts';

interface Counts {
  /** Of this process. */
  of: unknown;
  /** Messages that Telegram took. */
  sends: number;
  /** Of providers, whatever they say. */
  readonly answers: Map<ProviderName, number>;
}

const memoryOf = createMemory((): Counts => ({ of: undefined, sends: 0, answers: new Map() }));

export function countCalls(world: World): void {
  world.onPassed((passed) => {
    const counts = memoryOf(world);
    const process = world.machine.runtime();
    if (process !== counts.of) {
      Object.assign(counts, { of: process, sends: 0 });
      counts.answers.clear();
    }
    if (isTaken(passed)) counts.sends += 1;
    const provider = passed.answer === undefined ? undefined : providerOf(world, passed);
    if (provider !== undefined) counts.answers.set(provider, (counts.answers.get(provider) ?? 0) + 1);
  });
}

function isTaken({ request: { url }, answer }: Passed): boolean {
  return answer?.status === 200 && url.startsWith(`http://${addresses.telegram}`) && /\/(?:send|edit)\w+$/.test(url);
}

function providerOf({ providers }: World, { request: { url } }: Passed): ProviderName | undefined {
  if (!url.startsWith(`http://${addresses.providers}`)) return undefined;
  return providerNames.find((name) => url.startsWith(providers.apiUrls[name]));
}

/** No answer is counted that did not come. */
export function* checkCallCounts(world: World, samples: readonly Sample[]): Iterable<string> {
  const counts = memoryOf(world);
  if (counts.of !== world.machine.runtime()) return;
  const sends = sumOf(samples, 'tillkeeper_telegram_sends_total', ({ outcome }) => outcome === 'sent');
  if (sends > counts.sends)
    yield `tillkeeper_telegram_sends_total shows ${sends} sent, and Telegram took ${counts.sends}`;
  for (const name of providerNames) {
    const shown = sumOf(samples, 'tillkeeper_provider_calls_total', ({ provider, outcome = '' }) => {
      return provider === name && answered.has(outcome);
    });
    const heard = counts.answers.get(name) ?? 0;
    if (shown > heard) yield `tillkeeper_provider_calls_total shows ${shown} answers of ${name}, and ${heard} came`;
  }
}

/** Beside calls that were cut, and those that were not made. */
const answered: ReadonlySet<string> = new Set(['ok', 'not_understood', 'rejected', 'rate_limited']);

function sumOf(samples: readonly Sample[], name: string, isMeant: (labels: Sample['labels']) => boolean): number {
  const meant = samples.filter((sample) => sample.name === name && isMeant(sample.labels));
  return meant.reduce((sum, { value }) => sum + value, 0);
}
