// SQLite: one writing connection behind the commit batcher, and a read-only one beside it that never sees an uncommitted row.
import { randomUUID } from 'node:crypto';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { type Milliseconds, systemClock } from '#kernel/clock.ts';
import { createStores } from '../engine/create-stores.ts';
import { DatabaseUnavailable, TransactionTimedOut } from '../engine/database-errors.ts';
import { withDeadline } from '../engine/deadline.ts';
import { createInFlight } from '../engine/in-flight.ts';
import { limits, type OpenDatabase, type OpenOptions } from '../engine/open-options.ts';
import { createScope, createScopes, noteQueued, queuedBy, type Scope } from '../engine/scope.ts';
import { isBusy } from './claim.ts';
import { createCommitBatcher, lockRetryMs } from './commit-batcher.ts';
import { isMigrated, migrateSqlite, type SqliteConnection } from './connections.ts';
import { keepStatements } from './kept-statements.ts';
import { openOwnedFile } from './owned-file.ts';
import { createSqliteSession } from './sqlite-session.ts';

const probeWritesEveryMs = 5_000;
const probeWrite =
  "insert into counters (name, value) values ('readiness_probe', 1) on conflict (name) do update set value = value + 1";

export function openSqlite(file: string, options: OpenOptions): OpenDatabase {
  const owned = openOwnedFile(file, { claimWaitMs: options.claimWaitMs ?? limits.claimWaitMs });
  const { files } = owned;
  const writer = keepStatements(owned.writer);
  const reader = keepStatements(owned.reader);
  const scopes = createScopes();
  const inFlight = createInFlight(scopes);
  const track = <Result>(work: () => Promise<Result>): Promise<Result> => inFlight.track(() => files.watch(work()));
  const clock = options.clock ?? { now: () => Date.now() };
  const totals = { commits: 0, transactions: 0 };
  const lockWaitMaxMs = options.lockWaitMaxMs ?? limits.lockWaitMaxMs;

  const batcher = createCommitBatcher(owned.writing, {
    transactionsMax: limits.groupTransactionsMax,
    holdMaxMs: limits.groupHoldMaxMs,
    bodyMaxMs: options.transactionMaxMs ?? limits.transactionMaxMs,
    lockWaitMaxMs,
    onCommitted(group) {
      totals.commits += 1;
      totals.transactions += group.scopes.length;
      options.onGroupCommit?.({ transactions: group.scopes.length, durationMs: group.durationMs });
      for (const [queue, dueAt] of queuedBy(group.scopes)) options.onQueued?.(queue, dueAt);
    },
  });

  const storesOf = (connection: SqliteConnection, isOwn: (scope: Scope) => boolean): AccountingStores => {
    const session = createSqliteSession(connection, {
      requireOpen: () => scopes.requireOpen(isOwn),
      noteDue(queue, availableAt) {
        const scope = batcher.current();
        if (scope !== undefined) noteQueued(scope, { queue, availableAt, now: clock.now() });
      },
    });
    return createStores(session);
  };
  const writing = storesOf(writer, (scope) => scope === batcher.current());
  const reading = storesOf(reader, (scope) => scope.kind === 'read');

  async function readIn<Result>(scope: Scope, reads: { ms: Milliseconds; work(): Promise<Result> }): Promise<Result> {
    const { ms, work } = reads;
    files.requireForRead();
    try {
      return await withDeadline(scopes.run(scope, work), {
        ms,
        late: () => new TransactionTimedOut(`a read took longer than ${ms} ms`),
      });
    } finally {
      scope.isOpen = false;
    }
  }

  /** A connection of its own holds the moment; the shared one goes on seeing the newest commit. */
  async function readOneMoment<Result>(work: (stores: AccountingStores) => Promise<Result>): Promise<Result> {
    const connection = owned.openMoment();
    try {
      const scope = createScope('read');
      const stores = storesOf(keepStatements(connection), (other) => other === scope);
      return await readIn(scope, { ms: limits.readOneMomentMaxMs, work: async () => work(stores) });
    } finally {
      connection.close();
    }
  }

  let wroteAt = Number.NEGATIVE_INFINITY;
  async function probe(): Promise<void> {
    files.require();
    await whenUnlocked(lockWaitMaxMs, async () => reader.prepare('select id from schema_migrations limit 1').get());
    // A file on a full disk can still be locked and read: only a write fails. Frequent probes do not write more often.
    const isRecent = performance.now() - wroteAt < probeWritesEveryMs;
    await batcher.run(async () => void (isRecent || writer.prepare(probeWrite).run()));
    if (!isRecent) wroteAt = performance.now();
  }

  return {
    engine: 'sqlite',
    holder: options.holder ?? randomUUID(),
    transaction: (work) => track(() => batcher.run((scope) => scopes.run(scope, async () => work(writing)))),
    read: (work) =>
      track(() =>
        whenUnlocked(lockWaitMaxMs, () =>
          readIn(createScope('read'), { ms: limits.readMaxMs, work: async () => work(reading) }),
        ),
      ),
    readOneMoment: (work) => track(() => whenUnlocked(lockWaitMaxMs, () => readOneMoment(work))),
    // No other process migrates a file that this one owns.
    migrate: () => inFlight.track(async () => (isMigrated(owned.reader) ? { applied: 0 } : migrateSqlite(owned.path))),
    // The process that had leases is gone, or this one could not own the file; its start ends them.
    endLeasesOfDead: async () => 0,
    check: () =>
      withDeadline(track(probe), {
        ms: limits.checkMaxMs,
        late: () => new DatabaseUnavailable('the database did not answer in time'),
      }),
    async close() {
      await inFlight.drain();
      owned.close();
    },
    commitStats: () => ({ waiting: batcher.waiting(), ...totals }),
  };
}

/** Runs the read again while another process has locked the file: a rare moment in WAL mode, such as a change of its mode. */
async function whenUnlocked<Result>(waitMaxMs: Milliseconds, read: () => Promise<Result>): Promise<Result> {
  const waitsUntil = performance.now() + waitMaxMs;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= waitsUntil) {
        throw new DatabaseUnavailable(`another process has locked the database for ${waitMaxMs} ms`, { cause: error });
      }
      await systemClock.sleep(lockRetryMs);
    }
  }
}
