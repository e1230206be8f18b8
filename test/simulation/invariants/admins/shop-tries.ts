// When the product offered the shop an event, and how long it may wait before it offers it again.
import { hour, type Milliseconds, second } from '#kernel/clock.ts';
import { addresses } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import { createMemory } from '../memory.ts';

/** When the calls left, by the id that the shop knows the event by. */
const triesOf = createMemory(() => new Map<string, Milliseconds[]>());

/** An attempt gives up after this. */
const triesForMs: Milliseconds = 30 * second;
/** The wait after the first attempt; twice as long after each further one. */
const firstWaitMs: Milliseconds = 5 * second;
const waitMaxMs: Milliseconds = hour;

export function watchShopTries(world: World): void {
  const tries = triesOf(world);
  world.onPassed(({ request: { method, url, headers }, answer }) => {
    if (answer !== undefined || method !== 'POST' || new URL(url).host !== addresses.shop) return;
    const id = headers.get('webhook-id') ?? '';
    const known = tries.get(id);
    if (known === undefined) tries.set(id, [world.now()]);
    else known.push(world.now());
  });
}

/** Until when an event may be put off, that is due at this moment, by its last try before; undefined where there was none. */
export function putOffUntil(
  world: World,
  { id, dueAt }: { id: string; dueAt: Milliseconds },
): Milliseconds | undefined {
  const before = (triesOf(world).get(id) ?? []).filter((at) => at < dueAt);
  const last = before.at(-1);
  if (last === undefined) return undefined;
  return last + triesForMs + Math.min(firstWaitMs * 2 ** (before.length - 1), waitMaxMs);
}
