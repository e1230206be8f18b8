import type { Clock, Milliseconds } from '#kernel/clock.ts';

/** Lets a key through once in a while; used where a repeat would be noise, never where money depends on it. */
export interface OnceWithin {
  /** True when the key was not let through within the time; the time then begins anew. */
  isFirst(key: string): boolean;
  /** Begins the key's time anew. */
  touch(key: string): void;
}

/** Remembers at most `keysMax` keys; the oldest are forgotten first. */
export function createOnceWithin(clock: Clock, options: { forMs: Milliseconds; keysMax: number }): OnceWithin {
  const seen = new Map<string, Milliseconds>();
  function touch(key: string): void {
    seen.delete(key);
    seen.set(key, clock.elapsed());
    const oldest = seen.keys().next();
    if (seen.size > options.keysMax && oldest.done !== true) seen.delete(oldest.value);
  }
  return {
    touch,
    isFirst(key) {
      const at = seen.get(key);
      if (at !== undefined && clock.elapsed() - at < options.forMs) return false;
      touch(key);
      return true;
    },
  };
}
