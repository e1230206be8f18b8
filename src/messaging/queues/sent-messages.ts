// Which message of which chat shows which subject, and what it shows.
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { MessagingStores, SentMessage } from './messaging-store.ts';

interface SentMessageDeps {
  database: Database<Pick<MessagingStores, 'sentMessages'>>;
  clock: Clock;
}

type Place = Pick<SentMessage, 'bot' | 'chatId' | 'subject'>;

/** Stores the newest message of its subject in a chat; a message that was only edited keeps the time it was sent at. */
export function rememberSentMessage(
  deps: SentMessageDeps,
  input: { message: Omit<SentMessage, 'sentAt' | 'updatedAt'>; before: SentMessage | undefined },
): Promise<void> {
  const { message, before } = input;
  const now = deps.clock.now();
  const sentAt = before?.messageId === message.messageId ? before.sentAt : now;
  const sent = { ...message, sentAt, updatedAt: now };
  return deps.database.transaction((stores) => stores.sentMessages.saveSent(sent));
}

export function forgetSentMessage(deps: Pick<SentMessageDeps, 'database'>, place: Place): Promise<void> {
  return deps.database.transaction((stores) => stores.sentMessages.forgetSent(place));
}

/** The message shows something else from here on: whatever it showed is kept current there no more. */
export function leaveSentMessage(
  deps: Pick<SentMessageDeps, 'database'>,
  message: { bot: string; chatId: number; messageId: number },
): Promise<void> {
  return deps.database.transaction((stores) => stores.sentMessages.forgetMessage(message));
}

export function findSentMessage(
  deps: Pick<SentMessageDeps, 'database'>,
  place: Place,
): Promise<SentMessage | undefined> {
  return deps.database.read((stores) => stores.sentMessages.findSent(place));
}

export function listSentMessages(
  deps: Pick<SentMessageDeps, 'database'>,
  query: Pick<Place, 'subject'> & Partial<Pick<Place, 'bot'>>,
): Promise<SentMessage[]> {
  return deps.database.read((stores) => stores.sentMessages.listSent(query));
}
