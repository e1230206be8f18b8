import type { Sleep } from '../kit/sleep.ts';
import { type ApiError, conflict } from './api-error.ts';

/** Telegram forgets updates nobody fetches after a day; the sandbox after this many. */
const pendingMax = 10_000;
const pollSecondsMax = 50;
const onlyOnRequest = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);

export type Update = { readonly update_id: number } & Readonly<Record<string, unknown>>;

export interface PollInput {
  readonly offset: number | undefined;
  readonly limit: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly allowed: readonly string[] | undefined;
  /** Ends the wait when the client disconnects. */
  readonly signal: AbortSignal | undefined;
}

/** What one bot has not fetched yet. Either it polls, or a webhook drains the queue; never both. */
export interface UpdateQueue {
  /** `about`: whose tap it is, or the chat; a webhook is told of updates of one kind about the same in their order. */
  push(kind: string, payload: unknown, about: number): void;
  poll(input: PollInput): Promise<readonly Update[]>;
  /** Ends a waiting poll with 409. */
  interrupt(reason: string): void;
  /** Ends a waiting poll with what there is. */
  wake(): void;
  allow(kinds: readonly string[] | undefined): void;
  allowed(): readonly string[];
  /** The first update of a line that is not among these. */
  firstBeside(lines: { has(line: string): boolean }): Queued | undefined;
  remove(updateId: number): void;
  clear(): void;
  pending(): number;
  /** Tells of each update that comes; returns what ends that. */
  onPush(wake: () => void): () => void;
}

interface Queued {
  readonly line: string;
  readonly update: Update;
}

interface Waiter {
  readonly wake: () => void;
  readonly refuse: (error: ApiError) => void;
}

/** Holds one poll until it is woken, refused, given up or too old; `hold` learns which poll waits, and returns what forgets it. */
async function waitForOne(input: PollInput & { sleep: Sleep }, hold: (waiter: Waiter) => () => void): Promise<void> {
  const seconds = Math.min(input.timeoutSeconds ?? 0, pollSecondsMax);
  if (seconds <= 0 || input.signal?.aborted === true) return;
  const over = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const forget = hold({ wake: resolve, refuse: reject });
  input.signal?.addEventListener('abort', () => resolve(), { signal: over.signal });
  input.sleep(seconds * 1000, over.signal).then(resolve, () => undefined);
  try {
    await promise;
  } finally {
    forget();
    over.abort();
  }
}

export function createUpdateQueue(firstId: number, sleep: Sleep): UpdateQueue {
  let queue: Queued[] = [];
  let nextId = firstId;
  let allowed: readonly string[] = [];
  let poller: Waiter | undefined;
  const watchers = new Set<() => void>();

  function isAllowed(kind: string): boolean {
    return allowed.length > 0 ? allowed.includes(kind) : !onlyOnRequest.has(kind);
  }

  function interrupt(reason: string): void {
    poller?.refuse(conflict(reason));
    poller = undefined;
  }

  function confirmBefore(offset: number | undefined): void {
    if (offset === undefined) return;
    queue = offset < 0 ? queue.slice(offset) : queue.filter(({ update }) => update.update_id >= offset);
  }

  return {
    push(kind, payload, about) {
      if (!isAllowed(kind)) return;
      queue.push({ line: `${kind} ${about}`, update: { update_id: nextId++, [kind]: payload } });
      if (queue.length > pendingMax) queue.shift();
      poller?.wake();
      for (const wake of [...watchers]) wake();
    },
    async poll(input) {
      interrupt('terminated by other getUpdates request; make sure that only one bot instance is running');
      if (input.allowed) allowed = input.allowed;
      confirmBefore(input.offset);
      if (queue.length === 0) {
        await waitForOne({ ...input, sleep }, (waiter) => {
          poller = waiter;
          return () => {
            if (poller === waiter) poller = undefined;
          };
        });
      }
      const limit = Math.min(Math.max(input.limit ?? 100, 1), 100);
      return input.signal?.aborted === true ? [] : queue.slice(0, limit).map(({ update }) => update);
    },
    interrupt,
    wake: () => poller?.wake(),
    allow: (kinds) => {
      if (kinds) allowed = kinds;
    },
    allowed: () => allowed,
    firstBeside: (lines) => queue.find(({ line }) => !lines.has(line)),
    remove: (updateId) => {
      queue = queue.filter(({ update }) => update.update_id !== updateId);
    },
    clear: () => {
      queue = [];
    },
    pending: () => queue.length,
    onPush(wake) {
      watchers.add(wake);
      return () => watchers.delete(wake);
    },
  };
}
