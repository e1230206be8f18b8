// When a provider said what it holds: its answers that a reader understands, by the ids that stand in what was asked.
import type { Milliseconds } from '#kernel/clock.ts';
import { addresses } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import { createMemory } from '../memory.ts';

const memoryOf = createMemory(() => new Map<string, Milliseconds[]>());

/** It tells of the payment, or that there is none. */
const tellingStatuses: ReadonlySet<number> = new Set([200, 404]);

export function listenForProviderAnswers(world: World): void {
  const answers = memoryOf(world);
  world.onPassed(({ request: { method, url }, answer }) => {
    if (answer === undefined || method !== 'GET' || !tellingStatuses.has(answer.status)) return;
    const { host, pathname, searchParams } = new URL(url);
    if (host !== addresses.providers) return;
    for (const id of new Set([...pathname.split('/'), ...searchParams.values()])) {
      const known = answers.get(id);
      if (known === undefined) answers.set(id, [world.now()]);
      else known.push(world.now());
    }
  });
}

/** Whether one of them was asked for and told of in this span of true time. */
export function wasAnswered(
  world: World,
  ids: readonly string[],
  { from, to }: { from: Milliseconds; to: Milliseconds },
): boolean {
  const answers = memoryOf(world);
  return ids.some((id) => answers.get(id)?.some((at) => at >= from && at <= to));
}
