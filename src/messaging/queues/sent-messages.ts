// Which message of which chat shows which subject, and what it shows.
import { systemActor } from '#kernel/actor.ts';
import type { Database } from '#kernel/database.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from './enqueue-outbox-message.ts';
import type { MessagingStores, SentMessage } from './messaging-store.ts';
import type { TopicMessage } from './topics.ts';

interface SentMessageDeps {
  database: Database<Pick<MessagingStores, 'sentMessages'>>;
}

type Place = Pick<SentMessage, 'bot' | 'chatId' | 'subject'>;

/**
 * Stores the newest message of its subject in a chat; a message that was only edited keeps the time it was sent at. One that reached
 * its chat just before that got another id can no longer be edited, and is not kept. `beside` are queued in the same transaction.
 */
export function rememberSentMessage(
  deps: TransactionDeps<Pick<MessagingStores, 'sentMessages' | 'chatMoves' | 'outbox'>>,
  input: {
    message: Omit<SentMessage, 'sentAt' | 'updatedAt'>;
    before: SentMessage | undefined;
    beside?: readonly TopicMessage[];
  },
): Promise<void> {
  const { message, before, beside = [] } = input;
  const now = deps.clock.now();
  const sentAt = before?.messageId === message.messageId ? before.sentAt : now;
  const sent = { ...message, sentAt, updatedAt: now };
  return inTransaction(deps, causeOf(systemActor), async (tx) => {
    const { chatMoves, sentMessages } = tx.stores;
    if ((await chatMoves.findMove(message.chatId)) !== undefined) return;
    await sentMessages.saveSent(sent);
    for (const one of beside) await enqueueOutboxMessage(tx, one);
  });
}

export function forgetSentMessage(deps: SentMessageDeps, place: Place): Promise<void> {
  return deps.database.transaction((stores) => stores.sentMessages.forgetSent(place));
}

/** The message shows something else from here on: whatever it showed is kept current there no more. */
export function leaveSentMessage(
  deps: SentMessageDeps,
  message: { bot: string; chatId: number; messageId: number },
): Promise<void> {
  return deps.database.transaction((stores) => stores.sentMessages.forgetMessage(message));
}

export function findSentMessage(deps: SentMessageDeps, place: Place): Promise<SentMessage | undefined> {
  return deps.database.read((stores) => stores.sentMessages.findSent(place));
}

export function listSentMessages(
  deps: SentMessageDeps,
  query: Pick<Place, 'subject'> & Partial<Pick<Place, 'bot'>>,
): Promise<SentMessage[]> {
  return deps.database.read((stores) => stores.sentMessages.listSent(query));
}
