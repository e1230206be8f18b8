// A bot's line to Telegram: it introduces itself, then takes updates by long polling, or has them posted, or only checks
// now and then whether Telegram is there. Telegram's absence never ends the process; it is reported and tried again.
import { type Clock, type Milliseconds, minute, momentOf, second, withinTime } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';
import type { EventLog, Lifecycle } from '#kernel/process.ts';
import { type RetryPolicy, retryDelay } from '#messaging/workers/retry-policy.ts';
import { type BotHealth, networkReason, type SendOutcome, type TelegramUpdate, type UpdateMode } from './telegram.ts';

/** The calls of a connection; each throws what its library throws, and `classify` reads it. */
export interface TelegramLine<Update extends TelegramUpdate> {
  /** `getMe`; the name for the log and the health report. */
  introduce(signal: AbortSignal): Promise<string>;
  /** Sets the command lists; only after the bot has introduced itself. */
  prepare(signal: AbortSignal): Promise<void>;
  getUpdates(query: { offset: number; timeoutSeconds: number }, signal: AbortSignal): Promise<Update[]>;
  setWebhook(webhook: { url: string; secret: string }, signal: AbortSignal): Promise<void>;
  deleteWebhook(signal: AbortSignal): Promise<void>;
  /** The address that updates are posted to; empty when there is none. */
  findWebhook(signal: AbortSignal): Promise<string>;
  /** Telegram is there, for the first time or again after a failure. Never rejects. */
  onReached(): Promise<void>;
  classify(error: unknown): SendOutcome;
  handle(update: Update): Promise<void>;
  /** Updates of one key are handled one after the other: who sent it, so that nobody in a group waits for what somebody else asked for. */
  keyOf(update: Update): string;
}

export interface Connection<Update extends TelegramUpdate> extends Lifecycle {
  /** Returns at once: whether Telegram is there is told by `health`. */
  start(): void;
  stop(): Promise<void>;
  health(): BotHealth;
  /** Handles an update that was posted to us; resolves when it is handled, and never rejects. */
  accept(update: Update): Promise<void>;
}

interface ConnectionDeps {
  clock: Clock;
  random: Random;
  log: EventLog;
}

/** Called when Telegram refuses the token at the start, and again when it is asked once more; with its words. */
export type OnTokenRefused = (reason: string) => void;

/** So many refusals before it was ever accepted are no slip of Telegram's. */
const refusalsMax = 2;

/** Telegram is asked again after a second, then ever more slowly, never more rarely than every minute. */
const reconnectPolicy: RetryPolicy = { firstDelayMs: second, delayMaxMs: minute, attemptsMax: Number.MAX_SAFE_INTEGER };
/** Telegram holds an empty poll open for so long. */
const pollSeconds = 30;
/** More updates than this are not taken while so many are still in hand. */
const inHandMax = 16;
/** So many updates are known again when Telegram posts them anew. */
const takenMax = 1_000;
/** How often a bot that takes no updates by polling checks whether Telegram is there. */
const heartbeatMs: Milliseconds = minute;
/** At a stop, what is in hand may take so long to end: Telegram may not answer, and the process is not waited for much longer. */
export const endMaxMs: Milliseconds = 10 * second;
/** No single call takes longer. */
export const callTimeoutMs: Milliseconds = 20 * second;

export function createConnection<Update extends TelegramUpdate>(
  deps: ConnectionDeps,
  options: {
    bot: 'admin' | 'pager';
    mode: UpdateMode;
    line: TelegramLine<Update>;
    onTokenRefused?: OnTokenRefused | undefined;
  },
): Connection<Update> {
  const { clock, log } = deps;
  const { bot, line, mode } = options;
  const stopping = new AbortController();
  const queue = createKeyedMutex();
  const taken = new Map<number, Promise<void>>();
  let running: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  let name = '';
  let lastOkAt: Milliseconds | null = null;
  let failure: string | null = 'not connected yet';
  let offset = 0;

  function noteOk(): void {
    lastOkAt = clock.elapsed();
    if (failure === null) return;
    failure = null;
    log.info('telegram reached', { bot, name });
    void queue.run('', () => line.onReached());
  }

  function noteFailure(error: unknown): SendOutcome {
    const outcome = line.classify(error);
    const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
    if (failure !== reason) log.warn('telegram not reached', { bot, reason });
    failure = reason;
    return outcome;
  }

  function bounded(ms: Milliseconds = callTimeoutMs): AbortSignal {
    return AbortSignal.any([stopping.signal, clock.deadline(ms)]);
  }

  /** Tries until it works or the bot is stopped. */
  async function persist(step: () => Promise<void>): Promise<void> {
    for (let failures = 1; !stopping.signal.aborted; failures += 1) {
      try {
        await step();
        noteOk();
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        const outcome = noteFailure(error);
        const delay = retryDelay(reconnectPolicy, { finishedAttempts: failures, random: deps.random });
        const askedMs = outcome.kind === 'slow_down' ? outcome.retryAfterMs : 0;
        await clock.sleep(Math.max(askedMs, delay), stopping.signal);
      }
    }
  }

  async function connect(): Promise<void> {
    let refusals = 0;
    await persist(async () => {
      try {
        name = await line.introduce(bounded());
      } catch (error) {
        const outcome = line.classify(error);
        if (outcome.kind === 'unreachable' && outcome.isTokenRefused) refusals += 1;
        if (outcome.kind === 'unreachable' && refusals === refusalsMax) options.onTokenRefused?.(outcome.reason);
        throw error;
      }
    });
    await persist(() => line.prepare(bounded(minute)));
    await persist(async () => {
      if (mode.kind === 'polling') await line.deleteWebhook(bounded());
      if (mode.kind === 'webhook') await setWebhook(mode);
    });
  }

  function setWebhook({ publicUrl, secret }: Extract<UpdateMode, { kind: 'webhook' }>): Promise<void> {
    return line.setWebhook({ url: addressOf(publicUrl), secret }, bounded());
  }

  const addressOf = (publicUrl: string): string => `${publicUrl}/telegram/${bot}`;

  async function poll(): Promise<void> {
    let isInConflict = false;
    while (!stopping.signal.aborted) {
      await persist(async () => {
        // A webhook that a process before this one was about to set may have been set after it was deleted here.
        if (isInConflict) await line.deleteWebhook(bounded());
        isInConflict = false;
        const query = { offset, timeoutSeconds: pollSeconds };
        const updates = await line.getUpdates(query, bounded(pollSeconds * second + callTimeoutMs)).catch((error) => {
          const outcome = line.classify(error);
          isInConflict = outcome.kind === 'unreachable' && outcome.isConflict === true;
          throw error;
        });
        for (const update of updates) {
          offset = update.update_id + 1;
          void accept(update);
        }
      });
      // One admin whose wish takes long does not hold up the others; a flood waits at Telegram.
      while (queue.size() >= inHandMax && !stopping.signal.aborted) await endsWithin(second);
    }
    const isHandled = await endsWithin(endMaxMs);
    // Says what was handled, so that it does not come again after the start; a failure only means that it does.
    if (isHandled && offset > 0) await confirm();
  }

  /** Whether everything in hand ends in this time. */
  function endsWithin(ms: Milliseconds): Promise<boolean> {
    const idle = queue.idle().then(() => true);
    return withinTime(clock, idle, { ms, late: () => false });
  }

  async function confirm(): Promise<void> {
    try {
      await line.getUpdates({ offset, timeoutSeconds: 0 }, clock.deadline(2 * second));
    } catch (error) {
      log.warn('updates not confirmed', { bot, reason: line.classify(error).kind });
    }
  }

  async function end(): Promise<void> {
    stopping.abort();
    const [isHandled] = await Promise.all([endsWithin(endMaxMs), running]);
    if (!isHandled) log.warn('updates left in hand', { bot, count: queue.size() });
  }

  async function beat(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(heartbeatMs, stopping.signal);
      await persist(async () => {
        if (mode.kind === 'webhook') await keepWebhook(mode);
        else await line.introduce(bounded());
      });
    }
  }

  /** A process before this one may have been about to delete it, or somebody else did. */
  async function keepWebhook(wanted: Extract<UpdateMode, { kind: 'webhook' }>): Promise<void> {
    const url = await line.findWebhook(bounded());
    if (url === addressOf(wanted.publicUrl)) return;
    log.warn('webhook was lost, set anew', { bot });
    await setWebhook(wanted);
  }

  /** An update that comes again, because it was not answered in time, is that of before. */
  function accept(update: Update): Promise<void> {
    const known = taken.get(update.update_id);
    if (known !== undefined) return known;
    const handled = handle(update);
    taken.set(update.update_id, handled);
    const [oldest] = taken.keys();
    if (taken.size > takenMax && oldest !== undefined) taken.delete(oldest);
    return handled;
  }

  async function handle(update: Update): Promise<void> {
    try {
      await queue.run(line.keyOf(update), () => line.handle(update));
    } catch (error) {
      // Nothing that somebody sends may end the process; what it was is told without its content.
      log.error('update not handled', { bot, updateId: update.update_id, reason: networkReason(error) });
    }
  }

  return {
    accept,
    start() {
      running ??= connect().then(() => (mode.kind === 'polling' ? poll() : beat()));
    },
    stop() {
      stopped ??= end();
      return stopped;
    },
    health() {
      const detail = failure ?? `${mode.kind.replace('_', ' ')} as @${name}`;
      return { ok: failure === null, detail, lastOkAt: lastOkAt === null ? null : momentOf(clock, lastOkAt) };
    },
  };
}
