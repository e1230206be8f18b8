// Which message of which chat shows which subject, and what it shows.
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { MessagingStores, SentMessage } from './messaging-store.ts';

interface SentMessageDeps {
  database: Database<Pick<MessagingStores, 'sentMessages'>>;
}

type Place = Pick<SentMessage, 'bot' | 'chatId' | 'subject'>;

/**
 * Stores the newest message of its subject in a chat; a message that was only edited keeps the time it was sent at. One that reached
 * its chat just before that got another id can no longer be edited, and is not kept.
 */
export function rememberSentMessage(
  deps: { database: Database<Pick<MessagingStores, 'sentMessages' | 'chatMoves'>>; clock: Clock },
  input: { message: Omit<SentMessage, 'sentAt' | 'updatedAt'>; before: SentMessage | undefined },
): Promise<void> {
  const { message, before } = input;
  const now = deps.clock.now();
  const sentAt = before?.messageId === message.messageId ? before.sentAt : now;
  const sent = { ...message, sentAt, updatedAt: now };
  return deps.database.transaction(async (stores) => {
    if ((await stores.chatMoves.findMove(message.chatId)) === undefined) await stores.sentMessages.saveSent(sent);
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
