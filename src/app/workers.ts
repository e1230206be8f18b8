import type { AccountingStores, DomainDeps } from '#accounting/ledger/deps.ts';
import { raiseDeadLetter } from '#cases/dead-letter-cases.ts';
import { hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { InboxEvent, OutboxMessage } from '#messaging/queues/messaging-store.ts';
import type { DueQueue } from '#messaging/queues/queue-store.ts';
import { type Lane, lanes, topics } from '#messaging/queues/topics.ts';
import type { OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import type { RetryPolicy } from '#messaging/workers/retry-policy.ts';
import { createWakeInTime } from '#messaging/workers/wake-in-time.ts';
import { createWorker, type Worker } from '#messaging/workers/worker.ts';
import { handleInboxEvent } from '#payments/webhooks/handle-inbox-event.ts';

interface LaneOptions {
  concurrency: number;
  attemptTimeoutMs: Milliseconds;
  policy: RetryPolicy;
}

/** How often a worker claims without being woken: another process may add to a queue and wake only its own workers. */
const sweepMs: Milliseconds = second;

/** A webhook event is retried through hours of a provider's outage; polling finds its payment in any case. */
const inboxOptions: LaneOptions = {
  concurrency: 8,
  // Longer than all attempts of one call to a provider together.
  attemptTimeoutMs: 2 * minute,
  policy: { firstDelayMs: second, delayMaxMs: 5 * minute, attemptsMax: 60 },
};

const laneOptions: Readonly<Record<Lane, LaneOptions>> = {
  // The delay stays short, so that admins are notified within seconds once Telegram is available again; half a day in all.
  pager: {
    concurrency: 4,
    attemptTimeoutMs: minute,
    policy: { firstDelayMs: second, delayMaxMs: 5 * second, attemptsMax: 10_000 },
  },
  chat: {
    concurrency: 2,
    attemptTimeoutMs: minute,
    policy: { firstDelayMs: second, delayMaxMs: minute, attemptsMax: 60 },
  },
  // A shop that is down over a weekend is notified of its orders afterwards.
  shop: {
    concurrency: 4,
    attemptTimeoutMs: 30 * second,
    policy: { firstDelayMs: 5 * second, delayMaxMs: hour, attemptsMax: 80 },
  },
  provider: {
    concurrency: 2,
    attemptTimeoutMs: 2 * minute,
    policy: { firstDelayMs: 5 * second, delayMaxMs: 10 * minute, attemptsMax: 40 },
  },
};

export interface Workers {
  inbox: Worker;
  outbox: readonly Worker[];
  /** Makes those claim that are for a queue, or for a lane of the outbox, at that time; null: at once. */
  wake(queue: DueQueue, dueAt: Milliseconds | null): void;
}

/** One worker for the inbox and one for each lane of the outbox, so that one that hangs delays no other. */
export function createWorkers(
  deps: DomainDeps & { instanceId: string },
  input: { handlers: readonly OutboxHandler[]; lanes: readonly Lane[] },
): Workers {
  const byTopic = new Map(input.handlers.map((handler) => [handler.topic, handler]));
  for (const topic of Object.keys(topics)) {
    if (!byTopic.has(topic)) throw new Error(`no handler for ${topic}`);
  }
  const inbox = createWorker<InboxEvent, AccountingStores>(deps, {
    ...inboxOptions,
    name: 'inbox',
    queueOf: (stores) => stores.inbox,
    lane: null,
    handle: (event, signal) => handleInboxEvent(deps, event, signal),
    describe: ({ source, eventType, reference }) => ({ provider: source, eventType, reference }),
    onAbandoned: (tx, { row, reason }) => raiseDeadLetter(tx, { what: `webhooks of ${row.source}`, reason }),
    sweepMs,
  });
  const createLane = (lane: Lane): Worker =>
    createWorker<OutboxMessage, AccountingStores>(deps, {
      ...laneOptions[lane],
      name: `outbox:${lane}`,
      queueOf: (stores) => stores.outbox,
      lane,
      async handle(message, signal) {
        const handler = byTopic.get(message.topic);
        if (handler === undefined) return { kind: 'give_up', reason: `no handler for ${message.topic}` };
        return handler.deliver(message, signal);
      },
      describe: ({ topic, payload }) => ({ topic, cause: payload['cause'] }),
      onAbandoned(tx, { row, reason }) {
        const caseId = row.topic === 'alert.card' ? String(row.payload['caseId']) : undefined;
        return raiseDeadLetter(tx, { what: row.topic, reason, caseId });
      },
      sweepMs,
    });
  const byLane = new Map(input.lanes.map((lane) => [lane, createLane(lane)]));
  function wakeNow(queue: DueQueue): void {
    if (queue === 'inbox') inbox.wake();
    for (const [lane, worker] of byLane) {
      if (queue === 'outbox' || queue === `outbox:${lane}`) worker.wake();
    }
  }
  return { inbox, outbox: [...byLane.values()], wake: createWakeInTime(deps.clock, wakeNow) };
}

export const allLanes: readonly Lane[] = lanes;
