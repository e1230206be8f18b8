import { hour, type Milliseconds, minute } from '#kernel/clock.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import type { Stream } from '../../engine/random.ts';
import type { World } from '../../world/world.ts';

/** As a rule, waits until something happens, and a moment longer: what fails then, fails in the middle of work. */
export async function whenBusy({ nextStir, wait }: World, chance: Stream): Promise<void> {
  if (chance.chance(0.2)) return;
  await Promise.race([nextStir(), wait(2 * hour)]);
  await wait(chance.pick([0, 100, 1_500, 20_000]) * chance.next());
}

/** How long something fails: minutes as a rule, hours now and then. */
export function drawLength(chance: Stream, longest: Milliseconds): Milliseconds {
  const about = chance.pickWeighted([
    [3 * minute, 3],
    [25 * minute, 4],
    [2 * hour, 2],
    [longest, 1],
  ]);
  return Math.round(Math.min(longest, about) * (0.3 + 0.7 * chance.next()));
}

/** One, as a rule; all of them when the fault is nearer to us. */
export function drawProviders(chance: Stream): readonly ProviderName[] {
  if (chance.chance(0.2)) return providerNames;
  return [providerNames[chance.int(providerNames.length)] ?? providerNames[0]];
}

/** A share of what may fail: small, as a rule, and nearly all now and then. */
export function drawRate(chance: Stream): number {
  return chance.pickWeighted([
    [0.05, 2],
    [0.3, 4],
    [0.6, 2],
    [0.95, 1],
  ]);
}

/** At least one of them, each with that chance. */
export function drawSome<Item>(chance: Stream, items: readonly [Item, ...Item[]]): readonly Item[] {
  const some = items.filter(() => chance.chance(0.4));
  return some.length > 0 ? some : [chance.pick(items)];
}
