import { Gauge, type Registry } from 'prom-client';
import type { Milliseconds } from '#kernel/clock.ts';
import type { QueueDepth } from '#messaging/queues/queue-store.ts';
import type { QueueName } from '#messaging/queues/read-queue-depths.ts';

export interface QueueMetrics {
  /** Replaces the values of this queue. `lanes` are shown also while no message waits in them. */
  setQueue(state: {
    queue: QueueName;
    lanes: readonly string[];
    depths: readonly QueueDepth[];
    now: Milliseconds;
  }): void;
  /** Orders that the shop has not heard all of, and since when. */
  setUntold(state: { orders: number; since: Milliseconds | null; now: Milliseconds }): void;
  /** How many alerts and reports reached no chat that they are for. */
  setOwed(count: number): void;
}

export function createQueueMetrics(register: Registry): QueueMetrics {
  const registers = [register];
  const messages = new Gauge({
    name: 'tillkeeper_queue_messages',
    help: 'Messages that wait, and dead letters (abandoned), by queue and lane.',
    labelNames: ['queue', 'lane', 'state'],
    registers,
  });
  const age = new Gauge({
    name: 'tillkeeper_queue_oldest_age_seconds',
    help: 'For how long the oldest message that is due has been due; 0 when none is.',
    labelNames: ['queue', 'lane'],
    registers,
  });
  const wait = new Gauge({
    name: 'tillkeeper_queue_oldest_wait_seconds',
    help: 'For how long the oldest message has waited, due or for its next attempt; 0 when none waits.',
    labelNames: ['queue', 'lane'],
    registers,
  });
  const untold = new Gauge({
    name: 'tillkeeper_shop_untold_orders',
    help: 'Orders of which the shop has not taken all that it was told.',
    registers,
  });
  const untoldFor = new Gauge({
    name: 'tillkeeper_shop_untold_seconds',
    help: 'For how long the shop has not taken the oldest of what it was told; 0 when it has taken all.',
    registers,
  });
  const owed = new Gauge({
    name: 'tillkeeper_alerts_owed',
    help: 'Alerts and reports that reached no chat that they are for, and wait until they can.',
    registers,
  });
  const shown: Record<QueueName, Set<string>> = { inbox: new Set(), outbox: new Set() };
  return {
    setOwed: (count) => owed.set(count),
    setQueue({ queue, lanes, depths, now }) {
      // A lane that is not listed is empty. It must not go on showing its last depth, and a rule must be able to tell
      // empty from absent.
      for (const lane of [...lanes, ...depths.map((depth) => depth.lane)]) shown[queue].add(lane);
      for (const lane of shown[queue]) {
        const depth = depths.find((found) => found.lane === lane);
        messages.set({ queue, lane, state: 'waiting' }, depth?.waiting ?? 0);
        messages.set({ queue, lane, state: 'abandoned' }, depth?.abandoned ?? 0);
        age.set({ queue, lane }, secondsSince(depth?.oldestAvailableAt, now));
        wait.set({ queue, lane }, secondsSince(depth?.oldestReceivedAt, now));
      }
    },
    setUntold({ orders, since, now }) {
      untold.set(orders);
      untoldFor.set(secondsSince(since, now));
    },
  };
}

/** 0 when there is no such time, or when the clock was set back to before it. */
function secondsSince(at: Milliseconds | null | undefined, now: Milliseconds): number {
  return Math.max(now - (at ?? now), 0) / 1_000;
}
