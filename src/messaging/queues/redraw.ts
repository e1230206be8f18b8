// What a chat shows may not be what was last noted of it: then its message is drawn anew, whatever it is taken to show.
import { systemActor } from '#kernel/actor.ts';
import { type Milliseconds, minute } from '#kernel/clock.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from './enqueue-outbox-message.ts';
import type { MessagingStores, OutboxMessage, SentMessage } from './messaging-store.ts';
import type { TopicMessage } from './topics.ts';

/** No call is on its way to Telegram for longer. */
const onItsWayMaxMs: Milliseconds = minute;

/** Undefined for a message that is not kept current. */
export function redrawMessage(subject: string): TopicMessage | undefined {
  const [kind, id = ''] = subject.split(':');
  // What is new rings first.
  if (kind === 'case')
    return { topic: 'alert.card', key: `alert.card:${id}`, priority: 3, payload: { caseId: id, version: 0 } };
  if (kind === 'group')
    return { topic: 'alert.group', key: `alert.group:${id}`, priority: 3, payload: { groupId: id } };
  if (kind === 'order') return { topic: 'order.card', key: `order.card:${id}`, payload: { orderId: id } };
  return undefined;
}

/** What it shows is not known any more: any version is newer, and no content is the same. */
export function asUnknown(message: SentMessage): SentMessage {
  const mark = message.contentHash.slice(0, message.contentHash.lastIndexOf(':') + 1);
  return { ...message, shownVersion: 0, contentHash: mark };
}

/**
 * A call that had no answer may reach Telegram after a newer one, and put back what its message showed before. The message is drawn once
 * more when none can be on its way; once for all such calls of a minute.
 */
export async function redrawLater(
  deps: TransactionDeps<Pick<MessagingStores, 'outbox'>>,
  { subject }: Pick<SentMessage, 'subject'>,
): Promise<void> {
  const message = redrawMessage(subject);
  if (message === undefined) return;
  const availableAt = Math.ceil(deps.clock.now() / onItsWayMaxMs + 1) * onItsWayMaxMs;
  const key = `${message.key}:again:${availableAt}`;
  const payload = { ...message.payload, isAgain: true };
  await inTransaction(deps, causeOf(systemActor), (tx) =>
    enqueueOutboxMessage(tx, { ...message, key, payload, availableAt }),
  );
}

/** Whether an attempt before this one had no answer, or the process died in it. */
export function hadUnknownAttempt({ startedAttempts }: OutboxMessage): boolean {
  return startedAttempts > 1;
}

/** The messages as this delivery has to take them. */
export function asKnown(sent: readonly SentMessage[], { payload }: OutboxMessage): readonly SentMessage[] {
  return payload['isAgain'] === true ? sent.map(asUnknown) : sent;
}
