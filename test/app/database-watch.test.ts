import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createDatabaseWatch } from '#app/database-watch.ts';
import type { DirectNews } from '#bot/pager/ring-directly.ts';
import { CommitFailed, DatabaseLost, DatabaseUnavailable } from '#db/engine/database-errors.ts';
import { hour, minute, second } from '#kernel/clock.ts';
import { createAwakeTime } from '#kernel/process.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

function watchScripted() {
  const clock = createTestClock();
  const news: DirectNews[] = [];
  const script: { fault: Error | undefined; isReachable: boolean } = { fault: undefined, isReachable: true };
  const looks: boolean[] = [];
  const watch = createDatabaseWatch({
    clock,
    awake: createAwakeTime(clock),
    log: createRecordingLog(),
    database: {
      async check() {
        if (script.fault !== undefined) throw script.fault;
      },
    },
    onLooked: (isUp) => void looks.push(isUp),
    async ring(one) {
      news.push(one);
      return script.isReachable;
    },
  });
  /** Lets so much time pass, in steps of the watch. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += second) {
      clock.advance(second);
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    }
  }
  return {
    script,
    clock,
    news,
    looks,
    pass,
    async [Symbol.asyncDispose]() {
      await watch.stop();
    },
    start: () => watch.start(),
  };
}

const kinds = (news: readonly DirectNews[]) => news.map(({ kind }) => kind);

test('a lost file is told of within seconds and once, and so is that it is there again', async () => {
  await using scene = watchScripted();
  await scene.start();
  await scene.pass(minute);
  expect(scene.news).toEqual([]);
  scene.script.fault = new CommitFailed('the commit failed', { cause: new DatabaseLost('till.db was deleted') });
  await scene.pass(3 * second);
  expect(scene.looks.at(0)).toBe(true);
  expect(scene.looks.at(-1)).toBe(false);
  const [first] = scene.news;
  expect(first).toMatchObject({ kind: 'began', headline: 'The database is lost' });
  expect(first?.detail).toContain('till.db was deleted');
  await scene.pass(10 * minute);
  expect(scene.news).toHaveLength(1);
  scene.script.fault = undefined;
  await scene.pass(20 * second);
  expect(kinds(scene.news)).toEqual(['began', 'over']);
  expect(scene.news[1]?.detail).toContain('It could not for 10 minutes');
  await scene.pass(10 * minute);
  expect(scene.news).toHaveLength(2);
});

test('a database that does not answer is told of after a minute, and not at all when it answers sooner', async () => {
  await using scene = watchScripted();
  await scene.start();
  scene.script.fault = new DatabaseUnavailable('no connection to the database', {
    cause: Object.assign(new Error('connect to admin@10.0.0.7 refused'), { code: 'ECONNREFUSED' }),
  });
  await scene.pass(50 * second);
  scene.script.fault = undefined;
  await scene.pass(minute);
  expect(scene.news).toEqual([]);
  scene.script.fault = new DatabaseUnavailable('no connection to the database', {
    cause: Object.assign(new Error('connect to admin@10.0.0.7 refused'), { code: 'ECONNREFUSED' }),
  });
  await scene.pass(65 * second);
  expect(scene.news).toHaveLength(1);
  expect(scene.news[0]?.detail).toMatch(/Why: no connection to the database \(ECONNREFUSED\)\.$/);
  expect(JSON.stringify(scene.news)).not.toContain('10.0.0.7');
});

test('a process that stood still does not count it as a time without a database', async () => {
  await using scene = watchScripted();
  await scene.start();
  scene.script.fault = new DatabaseUnavailable('the database did not answer in time');
  await scene.pass(3 * second);
  scene.clock.advance(8 * hour);
  await scene.pass(3 * second);
  scene.script.fault = undefined;
  await scene.pass(minute);
  expect(scene.news).toEqual([]);
});

test('news that reached nobody is told again every quarter of a minute until it did', async () => {
  await using scene = watchScripted();
  await scene.start();
  scene.script.isReachable = false;
  scene.script.fault = new DatabaseLost('till.db was deleted');
  await scene.pass(65 * second);
  expect(scene.news.length).toBeGreaterThanOrEqual(4);
  expect(scene.news.length).toBeLessThanOrEqual(5);
  scene.script.isReachable = true;
  await scene.pass(20 * second);
  const told = scene.news.length;
  await scene.pass(5 * minute);
  expect(scene.news).toHaveLength(told);
});

test('what nobody was told of need not be told to be over', async () => {
  await using scene = watchScripted();
  await scene.start();
  scene.script.isReachable = false;
  scene.script.fault = new DatabaseLost('till.db was deleted');
  await scene.pass(20 * second);
  scene.script.isReachable = true;
  scene.script.fault = undefined;
  await scene.pass(minute);
  expect(kinds(scene.news)).not.toContain('over');
});
