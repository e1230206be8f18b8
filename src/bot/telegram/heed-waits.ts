import type { Clock, Milliseconds } from '#kernel/clock.ts';
import { aroundSends, type ChatSender } from './telegram.ts';

/**
 * A chat that Telegram asked to wait for is not called before its time: that would only make the wait longer. The wait is
 * that chat's alone. Where the whole bot is too fast, Telegram asks it of each chat by itself.
 */
export function heedWaits(sender: ChatSender, clock: Pick<Clock, 'elapsed'>): ChatSender {
  const waitsUntil = new Map<number, Milliseconds>();
  return aroundSends(sender, async (chatId, call) => {
    const leftMs = (waitsUntil.get(chatId) ?? Number.NEGATIVE_INFINITY) - clock.elapsed();
    if (leftMs > 0) return { kind: 'slow_down', retryAfterMs: leftMs };
    waitsUntil.delete(chatId);
    const outcome = await call();
    if (outcome.kind === 'slow_down') waitsUntil.set(chatId, clock.elapsed() + outcome.retryAfterMs);
    return outcome;
  });
}
