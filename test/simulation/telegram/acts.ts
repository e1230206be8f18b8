// What people do in Telegram's app, and what became of it.
import type { Milliseconds } from '#kernel/clock.ts';
import type { CallbackAnswer } from '#sandbox/telegram/callbacks.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import type { TelegramSandboxCore } from '#sandbox/telegram/sandbox.ts';
import type { Journal } from '../engine/journal.ts';
import { admins, stranger } from '../world/settings.ts';
import type { Chat, ChatStates } from './chats.ts';

export interface Act {
  /** True time. */
  readonly at: Milliseconds;
  readonly userId: number;
  readonly chat: Chat;
  readonly kind: 'tap' | 'text' | 'document';
  /** The message that was tapped, or that was written. */
  readonly messageId: number;
  /** What the button says, what was written, or the file's name. */
  readonly text: string;
  /** Of the button. */
  readonly data?: string;
  /** What the bot said to the tap; null as long as it has said nothing. */
  answer: CallbackAnswer | null;
}

export interface Tap {
  readonly userId: number;
  readonly message: Pick<SandboxMessage, 'bot' | 'chatId' | 'messageId'>;
  readonly button: { readonly text: string; readonly callback_data?: string };
}

export interface People {
  /** A button that the message does not carry any more is tapped all the same: a phone shows what it last heard. */
  tap(tap: Tap): Act;
  write(userId: number, chat: Chat, text: string): Promise<Act>;
  drop(userId: number, chat: Chat, file: { name: string; bytes: Uint8Array }): Promise<Act>;
}

export function createPeople(deps: {
  sandbox: TelegramSandboxCore;
  states: ChatStates;
  journal: Journal;
  now(): Milliseconds;
}): { people: People; acts: readonly Act[] } {
  const { sandbox, states, journal } = deps;
  const acts: Act[] = [];

  function keep(act: Omit<Act, 'at' | 'answer'>, words: string): Act {
    const kept = { at: deps.now(), answer: null, ...act };
    acts.push(kept);
    journal.note(nameOf(act.userId), `${words} in @${act.chat.bot} ${act.chat.chatId}/${act.messageId}`);
    return kept;
  }

  const people: People = {
    tap({ userId, message: { bot, chatId, messageId }, button: { text, callback_data: data = '' } }) {
      const act = keep({ userId, chat: { bot, chatId }, kind: 'tap', messageId, text, data }, `taps “${text}”`);
      // A message that was deleted meanwhile cannot be tapped.
      if (sandbox.message({ bot, chatId, messageId }) === undefined) return act;
      void sandbox.tap({ userId, bot, chatId, messageId, data, forged: true }).then((answer) => {
        act.answer = answer;
        journal.note('telegram', `answers ${nameOf(userId)} “${answer.text ?? ''}”`);
      });
      return act;
    },
    async write(userId, chat, text) {
      states.setStarted(chat);
      const { messageId } = await sandbox.sendText({ userId, ...chat, text });
      return keep({ userId, chat, kind: 'text', messageId, text }, `writes ${JSON.stringify(text.slice(0, 80))}`);
    },
    async drop(userId, chat, { name, bytes }) {
      states.setStarted(chat);
      const { messageId } = await sandbox.sendDocument({ userId, ...chat, name, bytes });
      return keep({ userId, chat, kind: 'document', messageId, text: name }, `drops ${name}`);
    },
  };
  return { people, acts };
}

export function nameOf(userId: number): string {
  return [...admins, stranger].find(({ id }) => id === userId)?.firstName ?? `user ${userId}`;
}
