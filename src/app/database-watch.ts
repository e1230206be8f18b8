// Looks after the database from outside it: while nothing can be stored, no case can be raised, and nobody would be told.
import type { DirectNews } from '#bot/pager/ring-directly.ts';
import { DatabaseLost, DatabaseUnavailable } from '#db/engine/database-errors.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { type Clock, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { AwakeTime, EventLog, Lifecycle } from '#kernel/process.ts';

interface WatchDeps {
  database: Pick<OpenDatabase, 'check'>;
  clock: Clock;
  awake: AwakeTime;
  log: EventLog;
  /** False when nobody could be told. */
  ring(news: DirectNews, signal: AbortSignal): Promise<boolean>;
  /** Told of what each look found. */
  onLooked(isUp: boolean): void;
}

const checkEveryMs: Milliseconds = 2 * second;
/** A restart or a fail-over of the server, or another program's lock, may take so long; a lost file is told at once. */
const downMaxMs: Milliseconds = minute;
/** When nobody could be told, the next try comes so much later. */
const ringAgainMs: Milliseconds = 15 * second;
const ringMaxMs: Milliseconds = 20 * second;

export function createDatabaseWatch(deps: WatchDeps): Lifecycle {
  const { clock, log } = deps;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let downSince: Milliseconds | undefined;
  let isTold = false;
  let rungAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    const fault = await findFault(deps.database);
    deps.onLooked(fault === undefined);
    const now = deps.awake.elapsed();
    const since = downSince ?? now;
    if (fault !== undefined) downSince = since;
    const isDown = fault !== undefined && (fault instanceof DatabaseLost || now - since >= downMaxMs);
    const isNews = isTold ? fault === undefined : isDown;
    if (isNews && now - rungAt >= ringAgainMs) {
      rungAt = now;
      const news = fault === undefined ? newsOfEnd(now - since) : newsOf(fault);
      if (await deps.ring(news, AbortSignal.any([stopping.signal, clock.deadline(ringMaxMs)]))) isTold = !isTold;
      log[fault === undefined ? 'info' : 'error']('database told of directly', { headline: news.headline, isTold });
    }
    if (fault === undefined && !isTold) downSince = undefined;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await look();
      } catch (error) {
        log.error('database watch failed', {}, error);
      }
      await clock.sleep(checkEveryMs, stopping.signal);
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function findFault(database: WatchDeps['database']): Promise<Error | undefined> {
  try {
    await database.check();
    return undefined;
  } catch (error) {
    // A lost file shows at the commit, too.
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof DatabaseLost) return cause;
    return error instanceof Error ? error : new Error('unknown error');
  }
}

function newsOf(fault: Error): DirectNews {
  const isLost = fault instanceof DatabaseLost;
  const what = 'No order, payment or webhook can be stored; providers send their webhooks again later.';
  return {
    kind: 'began',
    headline: isLost ? 'The database is lost' : 'The database cannot be used',
    detail: `${what} ${reasonOf(fault)}`,
  };
}

function newsOfEnd(downMs: Milliseconds): DirectNews {
  const minutes = Math.max(1, Math.round(downMs / minute));
  return {
    kind: 'over',
    headline: 'The database can be used again',
    detail: `It could not for ${minutes === 1 ? 'a minute' : `${minutes} minutes`}. What was owed meanwhile is made up for now.`,
  };
}

/** Our own sentences, or a code: the message of a driver may name hosts and users. */
function reasonOf(fault: Error): string {
  const cause = fault.cause instanceof Error ? fault.cause : fault;
  const code = 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return `Why: ${fault instanceof DatabaseUnavailable ? fault.message : 'the database refuses'}${code}.`;
}
