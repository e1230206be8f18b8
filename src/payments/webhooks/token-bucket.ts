import { type Clock, type Milliseconds, minute } from '#kernel/clock.ts';

/** Allows so many at once and so many a minute, for each key by itself. */
export interface TokenBucket {
  take(key: string): boolean;
}

export function createTokenBucket(clock: Pick<Clock, 'elapsed'>, options: { perMinute: number }): TokenBucket {
  const { perMinute } = options;
  const buckets = new Map<string, { tokens: number; at: Milliseconds }>();
  return {
    take(key) {
      const now = clock.elapsed();
      const bucket = buckets.get(key) ?? { tokens: perMinute, at: now };
      const gained = ((now - bucket.at) / minute) * perMinute;
      const tokens = Math.min(perMinute, bucket.tokens + gained);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
      return tokens >= 1;
    },
  };
}
