import { expect, test } from 'vitest';
import { pruneAll, type Retention } from '#kernel/retention.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

/** Rows that are old enough to go; the batches in which they are deleted are recorded. */
function backlog(rows: number) {
  const batches: { before: number; deleted: number }[] = [];
  let left = rows;
  const retention: Retention<unknown> = {
    name: 'backlog',
    keptMs: 1_000,
    async prune(_stores, { before, limit }) {
      const deleted = Math.min(left, limit);
      left -= deleted;
      batches.push({ before, deleted });
      return deleted;
    },
  };
  return { retention, batches };
}

test('old rows are deleted in bounded batches, up to one moment, until none is left', async () => {
  await using opened = await openTestDatabase();
  const [clock, log] = [createTestClock(), createRecordingLog()];
  const { retention, batches } = backlog(2_500);
  const deleted = await pruneAll({ database: opened.database, clock, log }, { retentions: [retention] });
  expect(deleted).toEqual({ deleted: 2_500 });
  const before = clock.now() - 1_000;
  expect(batches).toEqual([1_000, 1_000, 500, 0].map((count) => ({ before, deleted: count })));
  expect(log.events).toEqual([]);
});

test('what is not done after a hundred batches is left to the next run, and the other kinds are pruned', async () => {
  await using opened = await openTestDatabase();
  const log = createRecordingLog();
  const [endless, other] = [backlog(Number.POSITIVE_INFINITY), backlog(3)];
  const retentions = [endless.retention, other.retention];
  const deps = { database: opened.database, clock: createTestClock(), log };
  expect(await pruneAll(deps, { retentions })).toEqual({ deleted: 100_003 });
  expect(endless.batches).toHaveLength(100);
  expect(log.events).toMatchObject([{ message: 'prune not finished', facts: { kind: 'backlog', deleted: 100_000 } }]);
});

test('a run whose signal aborts begins no further batch', async () => {
  await using opened = await openTestDatabase();
  const stop = new AbortController();
  const { retention, batches } = backlog(5_000);
  const stopping: Retention<unknown> = {
    ...retention,
    async prune(stores, query) {
      stop.abort();
      return retention.prune(stores, query);
    },
  };
  const deps = { database: opened.database, clock: createTestClock(), log: createRecordingLog() };
  expect(await pruneAll(deps, { retentions: [stopping], signal: stop.signal })).toEqual({ deleted: 1_000 });
  expect(batches).toHaveLength(1);
});
