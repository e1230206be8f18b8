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
  /** When the bot first said something to it: for what was written, when it next wrote in that chat. */
  answeredAt: Milliseconds | null;
  /** A tap on a message that had been deleted, so that nothing came of it. */
  readonly isIdle?: boolean;
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
  /** What was written, by chat, and is not answered yet. */
  const unanswered = new Map<string, Act[]>();
  sandbox.onMessage(({ from, bot, chatId }) => {
    const chat = `${bot} ${chatId}`;
    if (!from.isBot) return;
    for (const act of unanswered.get(chat) ?? []) act.answeredAt = deps.now();
    unanswered.delete(chat);
  });

  function keep(act: Omit<Act, 'at' | 'answer' | 'answeredAt'>, words: string): Act {
    const kept: Act = { at: deps.now(), answer: null, answeredAt: null, ...act };
    acts.push(kept);
    if (kept.kind !== 'tap') {
      const chat = `${kept.chat.bot} ${kept.chat.chatId}`;
      unanswered.set(chat, [...(unanswered.get(chat) ?? []), kept]);
    }
    journal.note(nameOf(act.userId), `${words} in @${act.chat.bot} ${act.chat.chatId}/${act.messageId}`);
    return kept;
  }

  const people: People = {
    tap({ userId, message: { bot, chatId, messageId }, button: { text, callback_data: data = '' } }) {
      // A message that was deleted meanwhile cannot be tapped.
      const isIdle = sandbox.message({ bot, chatId, messageId }) === undefined;
      const tapped = { userId, chat: { bot, chatId }, kind: 'tap', messageId, text, data, isIdle } as const;
      const act = keep(tapped, `taps “${text}”`);
      if (isIdle) return act;
      void sandbox.tap({ userId, bot, chatId, messageId, data, forged: true }).then((answer) => {
        act.answer = answer;
        act.answeredAt = deps.now();
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
