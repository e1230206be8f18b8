// What happened, in order. Two runs of one seed have the same journal, byte for byte; its hash stands for it.
import { createHash } from 'node:crypto';
import type { Milliseconds } from '#kernel/clock.ts';

export interface Journal {
  note(who: string, what: string): void;
  /** The last lines, oldest first; all of them when they are kept. */
  lines(): readonly string[];
  count(): number;
  hash(): string;
}

/** Enough to see what led to a violation. */
const keptMax = 400;

export function createJournal(deps: { now(): Milliseconds; isKept: boolean }): Journal {
  const hash = createHash('sha256');
  let lines: string[] = [];
  let count = 0;
  return {
    note(who, what) {
      const line = `${String(deps.now()).padStart(11)} ${who.padEnd(10)} ${what}`;
      hash.update(line).update('\n');
      count += 1;
      lines.push(line);
      if (!deps.isKept && lines.length >= 2 * keptMax) lines = lines.slice(-keptMax);
    },
    lines: () => lines,
    count: () => count,
    hash: () => hash.copy().digest('hex'),
  };
}
