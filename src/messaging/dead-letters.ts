import type { AccessStores } from '#access/access-store.ts';
import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { Ids } from '#kernel/ids.ts';
import type { InboxEvent, MessagingStores, OutboxMessage } from './messaging-store.ts';

interface DeadLetterDeps {
  database: Database<MessagingStores & AccessStores>;
  clock: Clock;
  ids: Ids;
}

export type DeadLetterQueue = 'inbox' | 'outbox';

interface DeadLetterInput {
  queue: DeadLetterQueue;
  id: string;
  actor: Actor;
}

export function listDeadLetters(
  deps: DeadLetterDeps,
  input: { limit: number },
): Promise<{ inbox: InboxEvent[]; outbox: OutboxMessage[] }> {
  return deps.database.read(async (stores) => ({
    inbox: await stores.inbox.listAbandoned({ before: null, limit: input.limit }),
    outbox: await stores.outbox.listAbandoned({ before: null, limit: input.limit }),
  }));
}

/** Puts a dead letter back into circulation with its counters at zero. */
export function redriveDeadLetter(
  deps: DeadLetterDeps,
  input: DeadLetterInput,
): Promise<{ kind: 'redriven' } | { kind: 'gone' }> {
  return deps.database.transaction(async (stores) => {
    const isRedriven = await stores[input.queue].redrive({ id: input.id, at: deps.clock.now() });
    if (!isRedriven) return { kind: 'gone' };
    await recordAudit(
      { stores, ...deps },
      { actor: input.actor, action: 'dead_letter.redrive', subject: subjectOf(input) },
    );
    return { kind: 'redriven' };
  });
}

/** Settles a dead letter for good: its effect will not happen. */
export function discardDeadLetter(
  deps: DeadLetterDeps,
  input: DeadLetterInput,
): Promise<{ kind: 'discarded' } | { kind: 'gone' }> {
  return deps.database.transaction(async (stores) => {
    const isDiscarded = await stores[input.queue].discard({ id: input.id, at: deps.clock.now() });
    if (!isDiscarded) return { kind: 'gone' };
    await recordAudit(
      { stores, ...deps },
      { actor: input.actor, action: 'dead_letter.discard', subject: subjectOf(input) },
    );
    return { kind: 'discarded' };
  });
}

function subjectOf(input: DeadLetterInput): string {
  return `${input.queue}:${input.id}`;
}
