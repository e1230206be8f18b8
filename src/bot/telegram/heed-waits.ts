import type { Clock, Milliseconds } from '#kernel/clock.ts';
import { aroundSends, type ChatSender } from './telegram.ts';

/**
 * A chat that Telegram asked to wait for is not called before its time: that would only make the wait longer. Its limits are
 * those of a chat, so that all other chats go on; where the whole bot is too fast, each chat is asked to wait by itself.
 */
export function heedWaits(sender: ChatSender, clock: Pick<Clock, 'now'>): ChatSender {
  const waits = new Map<number, { from: Milliseconds; until: Milliseconds }>();

  function waitOf(chatId: number): Milliseconds {
    const wait = waits.get(chatId);
    const now = clock.now();
    // The clock was set back to before the wait began: how much of it is left is not known, so it ends.
    if (wait !== undefined && now >= wait.from && now < wait.until) return wait.until - now;
    waits.delete(chatId);
    return 0;
  }

  return aroundSends(sender, async (chatId, call) => {
    const leftMs = waitOf(chatId);
    if (leftMs > 0) return { kind: 'slow_down', retryAfterMs: leftMs };
    const outcome = await call();
    const now = clock.now();
    if (outcome.kind === 'slow_down') waits.set(chatId, { from: now, until: now + outcome.retryAfterMs });
    return outcome;
  });
}
