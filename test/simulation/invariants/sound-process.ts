// What no process may do: it is noticed by the machine and its operator as it happens, and in the log.
import { minute } from '#kernel/clock.ts';
import type { World } from '../world/world.ts';
import type { Invariant } from './invariant.ts';

/** What is in progress when the disk has room again still fails of it. */
const afterFullMs = 2 * minute;

export const soundProcess: Invariant = {
  number: 0,
  promise: 'The product starts and stops, meets no error that it does not expect, and the simulation itself goes on.',
  begin(world) {
    const wasFullAt = watchRoom(world);
    world.log.onLine((line) => {
      const isError = line.startsWith('{"level":"error"') && line.includes('"err":{');
      if (!isError || world.timeline.now() - wasFullAt() < afterFullMs) return;
      world.complaints.push({ invariant: 0, text: `an error was not expected: ${line.slice(0, 700)}` });
    });
  },
};

/** When the disk was last full, as far as the log's lines tell. */
function watchRoom({ disk, log, timeline }: World): () => number {
  let at = Number.NEGATIVE_INFINITY;
  log.onLine(() => {
    if (disk.isFull) at = timeline.now();
  });
  return () => at;
}
