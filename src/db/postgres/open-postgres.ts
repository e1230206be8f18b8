// PostgreSQL: a pool; each transaction has a session to itself, and each session keeps its own prepared statements. A session
// that is in any doubt is closed, and the body runs again in another one: so a fail-over costs seconds.
import { randomUUID } from 'node:crypto';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { CommitFailed, DatabaseUnavailable, TransactionTimedOut } from '../engine/database-errors.ts';
import { withDeadline } from '../engine/deadline.ts';
import { createInFlight } from '../engine/in-flight.ts';
import { limits, type OpenDatabase, type OpenOptions } from '../engine/open-options.ts';
import { createScope, createScopes, type Scope } from '../engine/scope.ts';
import { commit, createPool, mayRunAgain, migratePostgres } from './connections.ts';
import { isDoubtful, isReadOnly } from './doubt.ts';
import { createEndLeasesOfDead } from './end-leases-of-dead.ts';
import { createPresence } from './presence.ts';
import { answerMaxMs, type Connection, createSessions, SessionBroken } from './sessions.ts';

type Work<Result> = (stores: AccountingStores, connection: Connection) => Promise<Result>;

export function openPostgres(target: { url: string; poolMax?: number }, options: OpenOptions): OpenDatabase {
  const pool = createPool(target);
  const holder = options.holder ?? randomUUID();
  const scopes = createScopes();
  const inFlight = createInFlight(scopes);
  const presence = createPresence(target.url, { holder, onLost: () => sessions.retireAll() });
  const sessions = createSessions(pool, {
    scopes,
    clock: options.clock ?? { now: () => Date.now() },
    requirePresence: () => presence.require(),
  });
  const totals = { commits: 0, transactions: 0 };
  const ways = {
    transaction: { begin: 'begin', ms: options.transactionMaxMs ?? limits.transactionMaxMs },
    read: { begin: null, ms: limits.readMaxMs },
    moment: { begin: 'begin isolation level repeatable read read only', ms: limits.readOneMomentMaxMs },
  };

  async function attempt<Result>(
    { scope, how }: { scope: Scope; how: keyof typeof ways },
    work: Work<Result>,
  ): Promise<Result> {
    const { begin, ms } = ways[how];
    const connection = await sessions.begin(begin);
    connection.scope = scope;
    // A session that is only believed to answer is given up early, and another one is asked first whether it does.
    const limit = connection.isAsked
      ? { ms, late: () => new TransactionTimedOut(`a ${scope.kind} waited longer than ${ms} ms`) }
      : { ms: answerMaxMs, late: () => new SessionBroken(`a read had no answer within ${answerMaxMs} ms`) };
    try {
      const result = await withDeadline(
        scopes.run(scope, async () => work(connection.stores, connection)),
        limit,
      );
      scope.isOpen = false;
      if (connection.isInTransaction) await commit(connection.client);
      sessions.keep(connection);
      return result;
    } catch (error) {
      scope.isOpen = false;
      // A statement of a body that was cut off may still be running: only closing the connection ends it.
      const isCutOff = error instanceof TransactionTimedOut || error instanceof SessionBroken;
      const isSound = !(isCutOff || isDoubtful(error, scope.kind));
      const isKept = await sessions.undo(connection, { isSound });
      throw asThrown(error, { isKept, isServerReadOnly: scope.kind === 'transaction' && isReadOnly(error) });
    }
  }

  function asThrown(
    error: unknown,
    { isKept, isServerReadOnly }: { isKept: boolean; isServerReadOnly: boolean },
  ): unknown {
    const cause = withoutParameters(error);
    if (isServerReadOnly) {
      sessions.retireAll();
      return new SessionBroken('the database is read-only', { cause });
    }
    // Whether a commit was stored may be unknown, and a body that is too slow would be too slow again.
    const isFinal = error instanceof CommitFailed || error instanceof TransactionTimedOut;
    return isKept || isFinal ? cause : new SessionBroken('a session of the database broke', { cause });
  }

  /** Nothing of an attempt that failed was stored, unless its COMMIT was lost, which is not tried again. */
  async function untilDone<Result>(once: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await once();
      } catch (error) {
        if (tries >= limits.attemptsMax || !(error instanceof SessionBroken || mayRunAgain(error))) throw error;
      }
    }
  }

  async function transactOnce<Result>(work: Work<Result>): Promise<Result> {
    const startedAt = performance.now();
    const scope = createScope('transaction');
    const result = await attempt({ scope, how: 'transaction' }, work);
    totals.commits += 1;
    totals.transactions += 1;
    options.onGroupCommit?.({ transactions: 1, durationMs: performance.now() - startedAt });
    for (const [queue, dueAt] of scope.queued) options.onQueued?.(queue, dueAt);
    return result;
  }

  const transaction = <Result>(work: Work<Result>): Promise<Result> => untilDone(() => transactOnce(work));
  const reading = <Result>(how: 'read' | 'moment', work: Work<Result>): Promise<Result> =>
    inFlight.track(() => untilDone(() => attempt({ scope: createScope('read'), how }, work)));
  const endLeasesOfDead = createEndLeasesOfDead({ holder, transaction });

  async function probe(): Promise<void> {
    const connection = await sessions.begin('begin');
    let isSound = false;
    try {
      await connection.client.query('select id from schema_migrations limit 1');
      const { rows } = await connection.client.query<{ transaction_read_only: string }>('show transaction_read_only');
      isSound = rows[0]?.transaction_read_only === 'off';
    } finally {
      await sessions.undo(connection, { isSound });
    }
    if (isSound) return;
    sessions.retireAll();
    throw new SessionBroken('the database is read-only');
  }

  return {
    engine: 'postgres',
    holder,
    transaction: (work) => inFlight.track(() => transaction(work)),
    read: (work) => reading('read', work),
    readOneMoment: (work) => reading('moment', work),
    migrate: () => inFlight.track(() => migratePostgres(target.url)),
    endLeasesOfDead: (input) => inFlight.track(() => endLeasesOfDead(input)),
    check: () =>
      withDeadline(
        inFlight.track(() => untilDone(probe)),
        {
          ms: limits.checkMaxMs,
          late: () => new DatabaseUnavailable('the database did not answer in time'),
        },
      ),
    async close() {
      await inFlight.drain();
      await presence.close();
      if (!pool.ended) await pool.end();
    },
    commitStats: () => ({ waiting: pool.waitingCount, ...totals }),
  };
}

/** Drizzle's error message holds the query's parameters, customers' data among them; its cause does not. */
function withoutParameters(error: unknown): unknown {
  const isQueryError = error instanceof Error && error.constructor.name === 'DrizzleQueryError';
  return isQueryError && error.cause instanceof Error ? error.cause : error;
}
