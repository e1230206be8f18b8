// The log must never stop the product: its reader may stall (a full pipe, a terminal that nobody scrolls on), be gone, or be a
// disk without room. Lines wait for it in a bounded buffer; beyond that the oldest are dropped, counted, and the gap is said in
// its place once lines are taken again.
import { type Clock, type Milliseconds, second, withinTime } from '#kernel/clock.ts';

/** Hands text on without blocking; `done` is called once it was taken, or with the reason why not. */
export type Sink = (text: string, done: (error?: Error | null) => void) => void;

export interface BoundedOutput {
  /** A whole line with its end. Never throws and never waits. */
  write(line: string): void;
  /** Resolves once every line was taken, and after `maxMs` in any case. */
  drain(maxMs: Milliseconds): Promise<void>;
  /** Takes out what still waits, for the last moment of the process. */
  takeRest(): string;
}

export interface BoundedOutputOptions {
  /** How much text waits for the reader, in UTF-16 units. */
  lengthMax: number;
  clock: Pick<Clock, 'deadline' | 'sleep'>;
  onDropped(lines: number): void;
  /** The line that stands where lines were dropped. */
  tellGap(lines: number): string;
}

/** A sink that refused is tried again after so long. */
const retryAfterMs = second;
/** So much is handed on at once, so that what is in hand is never more than a part of the buffer. */
const chunkLengthMax = 64 * 1024;

export function createBoundedOutput(sink: Sink, options: BoundedOutputOptions): BoundedOutput {
  const { lengthMax, clock, onDropped, tellGap } = options;
  let waiting: string[] = [];
  let length = 0;
  let gap = 0;
  let isInHand = false;
  /** Text that was taken in part ends in the middle of a line. */
  let isCut = false;
  let drained: PromiseWithResolvers<void> | undefined;

  function drop(lines: number): void {
    gap += lines;
    onDropped(lines);
  }

  /** What stands before the next line that is handed on. */
  const lead = (): string => (isCut ? '\n' : '') + (gap > 0 ? tellGap(gap) : '');

  function takeChunk(): { text: string; lines: number } {
    let end = 1;
    let chunkLength = waiting[0]?.length ?? 0;
    for (let next = waiting[end]; next !== undefined; next = waiting[end]) {
      if (chunkLength + next.length > chunkLengthMax) break;
      chunkLength += next.length;
      end += 1;
    }
    const lines = waiting.splice(0, end);
    length -= chunkLength;
    return { text: lead() + lines.join(''), lines: lines.length };
  }

  function pump(): void {
    if (isInHand) return;
    if (waiting.length === 0) {
      drained?.resolve();
      drained = undefined;
      return;
    }
    isInHand = true;
    const told = gap;
    const { text, lines } = takeChunk();
    sink(text, (error) => {
      isCut = Boolean(error);
      if (error) {
        drop(lines);
        void clock.sleep(retryAfterMs).then(goOn);
      } else {
        gap -= told;
        goOn();
      }
    });
  }

  function goOn(): void {
    isInHand = false;
    pump();
  }

  return {
    write(line) {
      waiting.push(line);
      length += line.length;
      let surplus = 0;
      for (; length > lengthMax && surplus < waiting.length - 1; surplus += 1) length -= waiting[surplus]?.length ?? 0;
      if (surplus > 0) {
        waiting.splice(0, surplus);
        drop(surplus);
      }
      pump();
    },
    async drain(maxMs) {
      if (!isInHand) return;
      drained ??= Promise.withResolvers();
      await withinTime(clock, drained.promise, { ms: maxMs, late: () => undefined });
    },
    takeRest() {
      const rest = waiting.length === 0 ? '' : lead() + waiting.join('');
      waiting = [];
      length = 0;
      return rest;
    },
  };
}
