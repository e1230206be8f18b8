// A group that becomes a supergroup gets another id, and the old one is refused from then on. The move is kept, so that
// settings that name the old id go on counting for the group.
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { MessagingStores } from './messaging-store.ts';

type MoveStores = Pick<MessagingStores, 'chatMoves' | 'sentMessages'>;

/** False when the move is known already. The messages of the old chat can no longer be edited: they are forgotten. */
export function recordChatMove(
  deps: { database: Database<MoveStores>; clock: Clock },
  move: { chatId: number; movedTo: number },
): Promise<boolean> {
  return deps.database.transaction(async (stores) => {
    const isNew = await stores.chatMoves.recordMove({ ...move, at: deps.clock.now() });
    if (isNew) await stores.sentMessages.forgetChat(move.chatId);
    return isNew;
  });
}

/** The id under which the chat is known today: its own, unless it moved. */
export async function findCurrentChat(
  deps: { database: Database<Pick<MessagingStores, 'chatMoves'>> },
  chatId: number,
): Promise<number> {
  return (await deps.database.read((stores) => stores.chatMoves.findMove(chatId))) ?? chatId;
}
