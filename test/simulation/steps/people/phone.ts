// What somebody has before their eyes in Telegram's app, and what they tap there.
import { second } from '#kernel/clock.ts';
import type { InlineButton, SandboxMessage } from '#sandbox/telegram/model.ts';
import type { Stream } from '../../engine/random.ts';
import type { Chat } from '../../telegram/chats.ts';
import { adminBot, pagerBot } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import { weightOf } from './button-weights.ts';

export function commandChat(userId: number): Chat {
  return { bot: adminBot, chatId: userId };
}

/** Where this admin sees alerts. With one token, both bots are one. */
export function alertChat({ operator, telegram }: World, userId: number): Chat {
  const { environment } = operator;
  const bot = environment['TELEGRAM_PAGER_TOKEN'] ? pagerBot : adminBot;
  const group = environment['ALERT_CHAT_ID'] ? telegram.chats.groupId() : null;
  return { bot, chatId: group ?? userId };
}

/** An admin who has not pressed Start in a chat does it when they look there; one who blocked a bot sees nothing new. */
export async function openChat({ telegram }: World, userId: number, chat: Chat): Promise<void> {
  if (chat.chatId < 0 || telegram.chats.isReachable(chat) || telegram.chats.isClosed(chat)) return;
  await telegram.people.write(userId, chat, '/start');
}

export function buttonsOf(message: SandboxMessage): InlineButton[] {
  return message.keyboard.flat().filter(({ callback_data: data }) => data !== undefined);
}

/** Undefined when there is none. */
export function pickButton(message: SandboxMessage, chance: Stream): InlineButton | undefined {
  const buttons = buttonsOf(message).map((button) => [button, weightOf(button.text)] as const);
  return buttons.length === 0 ? undefined : chance.pickWeighted(buttons);
}

export interface Finger {
  readonly userId: number;
  readonly message: SandboxMessage;
  readonly button: InlineButton;
}

const againShare = 0.12;
/** What is carried out once, whatever happens, is tapped again more often. */
const confirmedAgainShare = 0.4;

/** A tap; now and then a second one within seconds, before or after the first is answered. */
export async function tap(world: World, chance: Stream, finger: Finger): Promise<void> {
  const { people } = world.telegram;
  people.tap(finger);
  const isConfirming = finger.button.callback_data?.startsWith('confirm:') === true;
  if (!chance.chance(isConfirming ? confirmedAgainShare : againShare)) return;
  await world.wait(chance.int(3 * second));
  people.tap(finger);
}

/** The bot's newest message after this one; else the one itself, as it stands. */
export function follow(world: World, message: SandboxMessage): SandboxMessage | undefined {
  const { chats } = world.telegram;
  const [newest] = chats.newest(message, 1);
  return newest !== undefined && newest.messageId > message.messageId
    ? newest
    : chats.message(message, message.messageId);
}
