import { aroundSends, type ChatSender, type SendOutcome } from './telegram.ts';

/** Hears of every card that was sent or edited, for metrics. Must not throw. */
export type OnSend = (send: { bot: 'admin' | 'pager'; outcome: SendOutcome['kind'] }) => void;

export function reportSends(
  sender: ChatSender,
  to: { bot: 'admin' | 'pager'; onSend: OnSend | undefined },
): ChatSender {
  const { bot, onSend } = to;
  return aroundSends(sender, async (_chatId, call) => {
    const outcome = await call();
    onSend?.({ bot, outcome: outcome.kind });
    return outcome;
  });
}
