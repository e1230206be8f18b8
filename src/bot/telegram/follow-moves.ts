import type { EventLog } from '#kernel/process.ts';
import type { ChatSender, SendOutcome } from './telegram.ts';

/**
 * A group that becomes a supergroup gets another id, and the configured one is refused from then on. Its messages follow
 * to the new id, and the log says what to put into the configuration.
 */
export function followMoves(sender: ChatSender, log: EventLog): ChatSender {
  const moved = new Map<number, number>();

  async function follow(chatId: number, call: (chatId: number) => Promise<SendOutcome>): Promise<SendOutcome> {
    const outcome = await call(moved.get(chatId) ?? chatId);
    if (outcome.kind !== 'moved') return outcome;
    moved.set(chatId, outcome.toChatId);
    log.warn('chat has a new id', { chatId, newChatId: outcome.toChatId });
    return call(outcome.toChatId);
  }

  return {
    send: (message, signal) => follow(message.chatId, (chatId) => sender.send({ ...message, chatId }, signal)),
    sendPhoto: (message, signal) =>
      follow(message.chatId, (chatId) => sender.sendPhoto({ ...message, chatId }, signal)),
    edit: (message, signal) => follow(message.chatId, (chatId) => sender.edit({ ...message, chatId }, signal)),
  };
}
