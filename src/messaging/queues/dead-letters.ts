import type { AccessStores } from '#access/access-store.ts';
import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { type Page, type PagePosition, readPage, type TimedKey } from '#kernel/page.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { InboxEvent, MessagingStores, OutboxMessage } from './messaging-store.ts';

type DeadLetterDeps = TransactionDeps<MessagingStores & AccessStores>;

export type DeadLetterQueue = 'inbox' | 'outbox';

interface DeadLetterInput {
  queue: DeadLetterQueue;
  id: string;
  actor: Actor;
}

/** An abandoned message of either queue. */
export type DeadLetter = { queue: 'inbox'; row: InboxEvent } | { queue: 'outbox'; row: OutboxMessage };

/** One page of dead letters, the last abandoned first. */
export function listDeadLetterPage(
  deps: Pick<DeadLetterDeps, 'database'>,
  query: { position: PagePosition<TimedKey> | null; size: number },
): Promise<Page<DeadLetter, TimedKey>> {
  return deps.database.read((stores) =>
    readPage<DeadLetter, TimedKey>({
      position: query.position,
      size: query.size,
      keyOf: placeOf,
      async read(border, limit) {
        const isBackward = border?.side === 'before';
        const key = border?.key ?? null;
        const wanted = isBackward ? { before: null, after: key, limit } : { before: key, limit };
        const letters: DeadLetter[] = [
          ...(await stores.inbox.listAbandoned(wanted)).map((row) => ({ queue: 'inbox' as const, row })),
          ...(await stores.outbox.listAbandoned(wanted)).map((row) => ({ queue: 'outbox' as const, row })),
        ];
        letters.sort(newestFirst);
        return isBackward ? letters.slice(-limit) : letters.slice(0, limit);
      },
    }),
  );
}

function placeOf({ row }: DeadLetter): TimedKey {
  return { at: row.abandonedAt ?? row.receivedAt, id: row.id };
}

function newestFirst(one: DeadLetter, other: DeadLetter): number {
  const [left, right] = [placeOf(one), placeOf(other)];
  if (left.at !== right.at) return right.at - left.at;
  return left.id < right.id ? 1 : -1;
}

/** Undefined when it is not a dead letter any more. */
export function findDeadLetter(
  deps: Pick<DeadLetterDeps, 'database'>,
  wanted: { queue: DeadLetterQueue; id: string },
): Promise<DeadLetter | undefined> {
  return deps.database.read(async (stores) => {
    if (wanted.queue === 'inbox') {
      const row = await stores.inbox.find(wanted.id);
      return row !== undefined && isAbandoned(row) ? { queue: 'inbox', row } : undefined;
    }
    const row = await stores.outbox.find(wanted.id);
    return row !== undefined && isAbandoned(row) ? { queue: 'outbox', row } : undefined;
  });
}

function isAbandoned(row: { abandonedAt: number | null; processedAt: number | null }): boolean {
  return row.abandonedAt !== null && row.processedAt === null;
}

/** Puts a dead letter back into circulation with its counters at zero. */
export function redriveDeadLetter(
  deps: DeadLetterDeps,
  input: DeadLetterInput,
): Promise<{ kind: 'redriven' } | { kind: 'no_dead_letter' }> {
  return inTransaction(deps, causeOf(input.actor), async (tx) => {
    const isRedriven = await tx.stores[input.queue].redrive({ id: input.id, at: deps.clock.now() });
    if (!isRedriven) return { kind: 'no_dead_letter' };
    await recordAudit(tx, { action: 'dead_letter.redrive', subject: subjectOf(input) });
    return { kind: 'redriven' };
  });
}

/** Settles a dead letter for good: it will never be carried out. */
export function discardDeadLetter(
  deps: DeadLetterDeps,
  input: DeadLetterInput,
): Promise<{ kind: 'discarded' } | { kind: 'no_dead_letter' }> {
  return inTransaction(deps, causeOf(input.actor), async (tx) => {
    const isDiscarded = await tx.stores[input.queue].discard({ id: input.id, at: deps.clock.now() });
    if (!isDiscarded) return { kind: 'no_dead_letter' };
    await recordAudit(tx, { action: 'dead_letter.discard', subject: subjectOf(input) });
    return { kind: 'discarded' };
  });
}

function subjectOf(input: DeadLetterInput): string {
  return `${input.queue}:${input.id}`;
}
