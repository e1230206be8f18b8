import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { DueQueue } from '../queues/queue-store.ts';

/**
 * Wakes the workers of a queue when a row is due; null: it is due by now. What is due between two looks of a worker would otherwise wait for
 * the second of them: the card of a burst, which is brought up to date once a second, was late by most of another.
 */
export function createWakeInTime(
  clock: Clock,
  wakeNow: (queue: DueQueue) => void,
): (queue: DueQueue, dueAt: Milliseconds | null) => void {
  /** When the next waking of a queue is due. */
  const next = new Map<DueQueue, Milliseconds>();

  async function wakeAt(queue: DueQueue, dueAt: Milliseconds): Promise<void> {
    await clock.sleep(dueAt - clock.now());
    if (next.get(queue) === dueAt) next.delete(queue);
    wakeNow(queue);
  }

  return (queue, dueAt) => {
    if (dueAt === null || dueAt <= clock.now()) {
      wakeNow(queue);
      return;
    }
    const known = next.get(queue);
    if (known !== undefined && known <= dueAt) return;
    next.set(queue, dueAt);
    void wakeAt(queue, dueAt);
  };
}
