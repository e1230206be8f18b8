/** Runs the work on one key one after the other, in the order of the calls; work on different keys runs at the same time. */
export interface KeyedMutex {
  /**
   * Rejects with the error of this work; the work that waits behind it runs all the same. Work whose turn has not come when
   * `signal` is aborted never runs, and is rejected at once with the signal's reason.
   */
  run<Result>(key: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** How much work on the key runs or waits. */
  depth(key: string): number;
  /** How much work on all keys runs or waits. */
  size(): number;
  /** Resolves when no work runs or waits any more. */
  idle(): Promise<void>;
}

export function createKeyedMutex(): KeyedMutex {
  const lines = new Map<string, { last: Promise<unknown>; length: number }>();
  return {
    run<Result>(key: string, work: () => Promise<Result>, signal?: AbortSignal) {
      if (signal?.aborted === true) return Promise.reject<Result>(signal.reason);
      const line = lines.get(key) ?? { last: Promise.resolve(), length: 0 };
      const given = Promise.withResolvers<Result>();
      const giveUp = (): void => given.reject(signal?.reason);
      signal?.addEventListener('abort', giveUp, { once: true });
      const begin = async (): Promise<void> => {
        signal?.removeEventListener('abort', giveUp);
        try {
          if (signal?.aborted === true) giveUp();
          else given.resolve(await work());
        } catch (error) {
          given.reject(error);
        }
        line.length -= 1;
        if (line.length === 0) lines.delete(key);
      };
      line.last = line.last.then(begin);
      line.length += 1;
      lines.set(key, line);
      return given.promise;
    },
    depth: (key) => lines.get(key)?.length ?? 0,
    size: () => lines.values().reduce((sum, { length }) => sum + length, 0),
    async idle() {
      while (lines.size > 0) await Promise.allSettled(lines.values().map(({ last }) => last));
    },
  };
}
