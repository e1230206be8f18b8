import type { Chat } from '../../telegram/chats.ts';
import { adminBot, pagerBot } from '../../world/settings.ts';
import type { Look } from '../look.ts';

/** The chat that a row of `sent_messages` is about. */
export function chatOf({ world }: Look, place: { bot: 'admin' | 'pager'; chat_id: number }): Chat {
  const isShared = !world.operator.environment['TELEGRAM_PAGER_TOKEN'];
  return { bot: place.bot === 'admin' || isShared ? adminBot : pagerBot, chatId: place.chat_id };
}
