import type { EventLog } from '#kernel/process.ts';
import { findCurrentChat, recordChatMove } from '#messaging/queues/chat-moves.ts';
import { aroundSends, type ChatSender } from './telegram.ts';

type MoveDeps = Parameters<typeof recordChatMove>[0] & { log: EventLog };

/** The chat that ALERT_CHAT_ID names, under the id that it has today. */
export interface AlertChat {
  /** Null: alerts go to every owner in private. */
  currentId(): Promise<number | null>;
  is(chatId: number): Promise<boolean>;
}

export function createAlertChat(deps: Pick<MoveDeps, 'database'>, configuredId: number | null): AlertChat {
  const currentId = async () => (configuredId === null ? null : findCurrentChat(deps, configuredId));
  return {
    currentId,
    is: async (chatId) => configuredId !== null && (chatId === configuredId || chatId === (await currentId())),
  };
}

/** The log says what to put into the configuration, which may name the old id for good. */
export async function noteMove(deps: MoveDeps, move: { chatId: number; movedTo: number }): Promise<void> {
  const isNew = await recordChatMove(deps, move);
  if (isNew) deps.log.warn('chat has a new id', { chatId: move.chatId, newChatId: move.movedTo });
}

/** Keeps every move that Telegram answers with, before the caller hears of it. */
export function noteMoves(sender: ChatSender, deps: MoveDeps): ChatSender {
  return aroundSends(sender, async (chatId, call) => {
    const outcome = await call();
    if (outcome.kind === 'moved') await noteMove(deps, { chatId, movedTo: outcome.toChatId });
    return outcome;
  });
}
