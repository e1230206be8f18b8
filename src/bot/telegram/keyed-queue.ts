/** Runs work of one key in the order of its coming, and work of different keys side by side. */
export interface KeyedQueue {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  /** How much is at work or waits. */
  size(): number;
  /** Resolves when nothing is at work any more. */
  idle(): Promise<void>;
}

export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<unknown>>();
  let size = 0;
  return {
    run(key, work) {
      size += 1;
      const before = tails.get(key) ?? Promise.resolve();
      const result = before.then(work).finally(() => {
        size -= 1;
        if (tails.get(key) === tail) tails.delete(key);
      });
      // What waits behind a failure is run all the same; the failure itself is the caller's.
      const tail = result.catch(() => undefined);
      tails.set(key, tail);
      return result;
    },
    size: () => size,
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}
