import type { Chat } from '../../telegram/chats.ts';
import { adminBot, pagerBot } from '../../world/settings.ts';
import type { Look } from '../look.ts';

/** SQL: under which subject the card of a case is remembered, its own or that of its group. */
export const cardOf = "iif(c.group_id is null, 'case:' || c.id, 'group:' || c.group_id)";

/** The chat that a row of `sent_messages` is about. */
export function chatOf({ world }: Look, place: { bot: 'admin' | 'pager'; chat_id: number }): Chat {
  const isShared = !world.operator.environment['TELEGRAM_PAGER_TOKEN'];
  return { bot: place.bot === 'admin' || isShared ? adminBot : pagerBot, chatId: place.chat_id };
}
