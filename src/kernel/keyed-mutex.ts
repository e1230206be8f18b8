/** Runs work on one key one at a time, in the order of asking; work on different keys does not wait for each other. */
export interface KeyedMutex {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  /** How much work on the key is in hand or waits for it. */
  depth(key: string): number;
}

export function createKeyedMutex(): KeyedMutex {
  const lines = new Map<string, { last: Promise<unknown>; length: number }>();
  return {
    async run(key, work) {
      const line = lines.get(key) ?? { last: Promise.resolve(), length: 0 };
      const mine = line.last.then(work, work);
      line.last = mine;
      line.length += 1;
      lines.set(key, line);
      try {
        return await mine;
      } finally {
        line.length -= 1;
        if (line.length === 0) lines.delete(key);
      }
    },
    depth: (key) => lines.get(key)?.length ?? 0,
  };
}
