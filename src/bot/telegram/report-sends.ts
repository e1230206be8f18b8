import type { ChatSender, SendOutcome } from './telegram.ts';

/** Hears of every card that was sent or edited, for metrics. Must not throw. */
export type OnSend = (send: { bot: 'admin' | 'pager'; outcome: SendOutcome['kind'] }) => void;

export function reportSends(
  sender: ChatSender,
  to: { bot: 'admin' | 'pager'; onSend: OnSend | undefined },
): ChatSender {
  const { bot, onSend } = to;
  const report = (outcome: SendOutcome): SendOutcome => {
    onSend?.({ bot, outcome: outcome.kind });
    return outcome;
  };
  return {
    send: async (message, signal) => report(await sender.send(message, signal)),
    edit: async (message, signal) => report(await sender.edit(message, signal)),
    sendPhoto: async (message, signal) => report(await sender.sendPhoto(message, signal)),
  };
}
