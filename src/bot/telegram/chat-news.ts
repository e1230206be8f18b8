// What an update says of the chat itself, beside what somebody wants: that it has another id now, or that it can be
// written to again. What is owed to it is then tried at once.
import type { AdminDirectory } from '#access/admin.ts';
import { makeOwedDue } from '#messaging/queues/owed-messages.ts';
import { type AlertChat, noteMove } from './alert-chat.ts';
import type { TelegramUpdate } from './telegram.ts';

/** As much of an update as is read here; both libraries' updates have it. */
export interface ChatUpdate extends TelegramUpdate {
  message?: { chat: { id: number }; migrate_to_chat_id?: number; migrate_from_chat_id?: number } | undefined;
  my_chat_member?: { chat: { id: number }; new_chat_member: { status: string } } | undefined;
}

/** The updates that the news are in, beside those that are served. */
export const allowedUpdates = ['message', 'callback_query', 'my_chat_member'] as const;

type NewsDeps = Parameters<typeof noteMove>[0] &
  Parameters<typeof makeOwedDue>[0] & { admins: AdminDirectory; alertChat: AlertChat };

export async function heedChatNews(deps: NewsDeps, update: ChatUpdate): Promise<void> {
  const { message, my_chat_member: membership } = update;
  const chatId = message?.chat.id ?? membership?.chat.id;
  if (chatId === undefined) return;
  if (message?.migrate_to_chat_id !== undefined) await noteMove(deps, { chatId, movedTo: message.migrate_to_chat_id });
  if (message?.migrate_from_chat_id !== undefined) {
    await noteMove(deps, { chatId: message.migrate_from_chat_id, movedTo: chatId });
  }
  if (membership !== undefined && isOut(membership.new_chat_member.status)) return;
  // Whoever writes to the bot can be written to. Strangers are owed nothing.
  if ((await deps.alertChat.is(chatId)) || (await deps.admins.findAdmin(chatId)) !== undefined) await makeOwedDue(deps);
}

function isOut(status: string): boolean {
  return status === 'kicked' || status === 'left';
}
