import { tooManyRequests } from './api-error.ts';
import type { Chat } from './model.ts';

export interface SandboxLimits {
  /** Messages a second into one chat, and how many may come at once before that counts. */
  readonly chatPerSecond: number;
  readonly chatBurst: number;
  /** Messages a second of one bot, over all chats. */
  readonly botPerSecond: number;
  /** Messages a minute of one bot into one group. */
  readonly groupPerMinute: number;
}

/** What Telegram's FAQ promises: about one message a second per chat, 30 a second in all, 20 a minute into a group. */
export const telegramLimits: SandboxLimits = { chatPerSecond: 1, chatBurst: 5, botPerSecond: 30, groupPerMinute: 20 };

/** Wide enough that no test meets them by accident; a runaway loop still does. */
export const lenientLimits: SandboxLimits = {
  chatPerSecond: 100,
  chatBurst: 500,
  botPerSecond: 500,
  groupPerMinute: 2000,
};

interface Bucket {
  tokens: number;
  at: number;
}

export interface Limiter {
  /** Counts one message, or throws 429 with the seconds after which it would be taken. */
  take(botId: number, chat: Chat): void;
}

export function createLimiter(limits: SandboxLimits, now: () => number): Limiter {
  const buckets = new Map<string, Bucket>();

  function refill(key: string, rate: { capacity: number; perSecond: number }): Bucket {
    const at = now();
    const bucket = buckets.get(key) ?? { tokens: rate.capacity, at };
    bucket.tokens = Math.min(rate.capacity, bucket.tokens + ((at - bucket.at) / 1000) * rate.perSecond);
    bucket.at = at;
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    take(botId, chat) {
      const rules = [
        { key: `bot:${botId}`, capacity: limits.botPerSecond, perSecond: limits.botPerSecond },
        { key: `chat:${botId}:${chat.id}`, capacity: limits.chatBurst, perSecond: limits.chatPerSecond },
      ];
      if (chat.kind !== 'private') {
        const perMinute = limits.groupPerMinute;
        rules.push({ key: `group:${botId}:${chat.id}`, capacity: perMinute, perSecond: perMinute / 60 });
      }
      const taken = rules.map((rule) => ({ rule, bucket: refill(rule.key, rule) }));
      const waits = taken.map(({ rule, bucket }) => (1 - bucket.tokens) / rule.perSecond);
      const wait = Math.max(...waits);
      if (wait > 0) throw tooManyRequests(Math.max(1, Math.ceil(wait)));
      for (const { bucket } of taken) bucket.tokens -= 1;
    },
  };
}
