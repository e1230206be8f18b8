// What an update says of the chat itself, beside what somebody wants: that it has another id now, or that it can be
// written to again. What is owed to it is then tried at once.
import type { AdminDirectory } from '#access/admin.ts';
import { makeOwedDue } from '#messaging/queues/owed-messages.ts';
import { type AlertChat, noteMove } from './alert-chat.ts';
import type { TelegramUpdate } from './telegram.ts';

/** As much of an update as is read here; both libraries' updates have it. */
export interface ChatUpdate extends TelegramUpdate {
  message?:
    | { chat: { id: number }; text?: string; migrate_to_chat_id?: number; migrate_from_chat_id?: number }
    | undefined;
  my_chat_member?: { chat: { id: number }; new_chat_member: { status: string } } | undefined;
}

/** The updates that the news are in, beside those that are served. */
export const allowedUpdates = ['message', 'callback_query', 'my_chat_member'] as const;

type NewsDeps = Parameters<typeof noteMove>[0] &
  Parameters<typeof makeOwedDue>[0] & { admins: AdminDirectory; alertChat: AlertChat };

/** Never rejects: whatever comes of it, the update is to be served. */
export async function heedChatNews(deps: NewsDeps, update: ChatUpdate): Promise<void> {
  try {
    const { message, my_chat_member: membership } = update;
    if (message !== undefined) await keepMove(deps, message);
    if (membership !== undefined && isIn(membership)) await serveOpened(deps, membership.chat.id);
    // It is what Telegram's button sends, and the app of somebody who unblocks the bot.
    if (message?.text?.startsWith('/start')) await serveOpened(deps, message.chat.id);
  } catch (error) {
    deps.log.error('chat news not kept', { updateId: update.update_id }, error);
  }
}

/** What could not be sent for long waits for long: it is tried at once when Telegram is there again. Never rejects. */
export async function serveReached(deps: NewsDeps): Promise<void> {
  try {
    await makeOwedDue(deps);
  } catch (error) {
    deps.log.error('owed messages not made due', {}, error);
  }
}

async function keepMove(deps: NewsDeps, message: NonNullable<ChatUpdate['message']>): Promise<void> {
  const { chat, migrate_to_chat_id: movedTo, migrate_from_chat_id: movedFrom } = message;
  if (movedTo !== undefined) await noteMove(deps, { chatId: chat.id, movedTo });
  if (movedFrom !== undefined) await noteMove(deps, { chatId: movedFrom, movedTo: chat.id });
}

function isIn({ new_chat_member: { status } }: NonNullable<ChatUpdate['my_chat_member']>): boolean {
  return status !== 'kicked' && status !== 'left';
}

/** Strangers are owed nothing. */
async function serveOpened(deps: NewsDeps, chatId: number): Promise<void> {
  if ((await deps.alertChat.is(chatId)) || (await deps.admins.findAdmin(chatId)) !== undefined) await makeOwedDue(deps);
}
