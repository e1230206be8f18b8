import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { JobRun } from '#jobs/job-runner.ts';
import type { Job } from '#jobs/jobs.ts';
import { createScheduler, findStuckJobs, type Scheduler } from '#jobs/scheduler.ts';
import { type Clock, day, hour, minute, second, systemClock } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import { createAwakeTime, type EventLog } from '#kernel/process.ts';
import { createTestClock, type TestClock } from '#test/support/time/test-clock.ts';

const logged: string[] = [];
const note = (message: string, facts: object = {}): void => void logged.push(`${message} ${JSON.stringify(facts)}`);
const log: EventLog = { info: note, warn: note, error: note };
const never = { everyMs: 1_000 * day };
let scheduler: Scheduler;

function open(
  job: Partial<Job> & { run: Job['run'] },
  { onRun, clock = systemClock }: { onRun?: (run: JobRun) => void; clock?: Clock } = {},
): Scheduler {
  logged.length = 0;
  const jobs = [{ name: 'sweep', timing: never, timeoutMs: minute, ...job }];
  scheduler = createScheduler({
    jobs,
    timeZone: 'UTC',
    clock,
    awake: createAwakeTime(clock),
    log,
    ...(onRun && { onRun }),
  });
  return scheduler;
}
afterEach(() => scheduler.stop());

/** What it is once everything that is due has run. */
async function settled<Value>(read: () => Value): Promise<Value> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  return read();
}

describe('a job', () => {
  test('runs once at the start, to make up for what was missed', async () => {
    let runs = 0;
    await open({ run: async () => ({ swept: ++runs }) }).start();
    await expect.poll(() => scheduler.states()[0]?.lastRun?.outcome).toEqual({ kind: 'done', counts: { swept: 1 } });
    expect(runs).toBe(1);
  });

  test('runs when its time comes, whatever is done to the wall clock meanwhile', async () => {
    const clock = createTestClock();
    let runs = 0;
    await open({ timing: { everyMs: 5 * minute }, run: async () => ({ swept: ++runs }) }, { clock }).start();
    for (const byMs of [0, -2 * hour, -90 * second, hour]) {
      const before = await settled(() => runs);
      clock.set(byMs);
      for (let passed = 0; passed < 5; passed += 1) {
        expect(await settled(() => runs)).toBe(before);
        clock.advance(minute);
      }
      expect(await settled(() => runs)).toBe(before + 1);
    }
    await scheduler.stop();
    expect(logged.every((line) => line.startsWith('job done'))).toBe(true);
  });

  test('of a time of day runs within a minute after the wall clock was set forward over it', async () => {
    const clock = createTestClock(Date.parse('2026-11-22T01:00:00Z'));
    let runs = 0;
    await open({ timing: { dailyAt: '03:20' }, run: async () => ({ swept: ++runs }) }, { clock }).start();
    expect(await settled(() => runs)).toBe(1);
    clock.set(3 * hour);
    clock.advance(minute);
    expect(await settled(() => runs)).toBe(2);
  });

  test('never overlaps itself, whoever starts it', async () => {
    let atOnce = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const clock = createTestClock();
    const run: Job['run'] = async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await gate.promise;
      atOnce -= 1;
      return {};
    };
    await open({ timing: { everyMs: second }, run }, { clock }).start();
    const byHand = [scheduler.runJob('sweep'), scheduler.runJob('sweep')];
    clock.advance(2 * second);
    await settled(() => atOnce);
    gate.resolve();
    const runs = await Promise.all(byHand);
    expect(runs[0]).toBe(runs[1]);
    expect(most).toBe(1);
  });

  test('that did nothing is not logged, and its run is recorded all the same', async () => {
    open({ run: async () => ({ swept: 0 }) });
    await scheduler.runJob('sweep');
    expect(logged).toEqual([]);
    expect(scheduler.states()[0]).toMatchObject({ isRunning: false, lastRun: { outcome: { counts: { swept: 0 } } } });
  });

  test('that did something says how much', async () => {
    await open({ run: async () => ({ swept: 3 }) }).runJob('sweep');
    expect(logged.join()).toMatch(/^job done .*"job":"sweep".*"swept":3/);
  });

  test('that throws is reported and runs again the next time', async () => {
    let runs = 0;
    const heard: JobRun[] = [];
    open(
      {
        run: async () => {
          runs += 1;
          if (runs === 1) throw new TypeError('broken');
          return {};
        },
      },
      { onRun: (run) => heard.push(run) },
    );
    expect((await scheduler.runJob('sweep'))?.outcome).toEqual({ kind: 'failed', error: 'TypeError: broken' });
    expect((await scheduler.runJob('sweep'))?.outcome).toEqual({ kind: 'done', counts: {} });
    expect(heard.map((run) => run.outcome.kind)).toEqual(['failed', 'done']);
    expect(logged).toHaveLength(1);
  });

  test('that takes too long has its signal aborted, and is not started beside itself', async () => {
    const gate = Promise.withResolvers<JsonObject>();
    let runs = 0;
    let wasAborted = false;
    const run: Job['run'] = (signal) => {
      runs += 1;
      signal.addEventListener('abort', () => {
        wasAborted = true;
      });
      return gate.promise;
    };
    open({ timeoutMs: 20, run });
    expect((await scheduler.runJob('sweep'))?.outcome).toEqual({ kind: 'timed_out' });
    expect(wasAborted).toBe(true);
    expect((await scheduler.runJob('sweep'))?.outcome).toEqual({ kind: 'timed_out' });
    expect(runs).toBe(1);
    gate.resolve({});
    await expect.poll(() => scheduler.states()[0]?.isRunning).toBe(false);
    await scheduler.runJob('sweep');
    expect(runs).toBe(2);
    expect(logged.filter((line) => line.startsWith('job timed out'))).toHaveLength(1);
  });

  test('that nobody knows is not run', () => {
    expect(open({ run: async () => ({}) }).runJob('other')).toBeUndefined();
  });
});

describe('a job is overdue', () => {
  const isOverdue = (): boolean | undefined => scheduler.states()[0]?.isOverdue;
  /** Time in which the process is awake: somebody looks. */
  const pass = (clock: TestClock, ms: number): void => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 10 * second) {
      clock.advance(Math.min(leftMs, 10 * second));
      scheduler.states();
    }
  };

  test('when its run goes on long after its time-out, until it ends', async () => {
    const clock = createTestClock();
    const gate = Promise.withResolvers<JsonObject>();
    await open({ timing: { everyMs: second }, timeoutMs: minute, run: () => gate.promise }, { clock }).start();
    pass(clock, 3 * minute);
    expect(isOverdue()).toBe(false);
    pass(clock, second);
    expect(isOverdue()).toBe(true);
    gate.resolve({});
    expect(await settled(isOverdue)).toBe(false);
  });

  test('when it is due and does not begin', async () => {
    const clock = createTestClock();
    // Whoever sleeps on this clock is never woken.
    const stuck = { ...clock, sleep: () => new Promise<void>(() => undefined) };
    await open({ timing: { everyMs: minute }, run: async () => ({}) }, { clock: stuck }).start();
    await settled(isOverdue);
    clock.set(-hour);
    pass(clock, 3 * minute);
    expect(isOverdue()).toBe(false);
    pass(clock, 1);
    expect(isOverdue()).toBe(true);
    open({ run: async () => ({}) });
  });

  test('not because the whole process stood still: all jobs are late then, and begin at one moment', async () => {
    const clock = createTestClock();
    const gate = Promise.withResolvers<JsonObject>();
    let stuck: unknown;
    const jobs: Job[] = [
      { name: 'in progress', timing: { everyMs: second }, timeoutMs: minute, run: () => gate.promise },
      // Wakes before the next one, as the watch does among the product's jobs.
      {
        name: 'watch',
        timing: { everyMs: minute },
        timeoutMs: minute,
        async run() {
          stuck = findStuckJobs(scheduler.states());
          return {};
        },
      },
      { name: 'after it', timing: { everyMs: second }, timeoutMs: minute, run: async () => ({}) },
    ];
    scheduler = createScheduler({ jobs, timeZone: 'UTC', clock, awake: createAwakeTime(clock), log });
    await scheduler.start();
    await settled(() => stuck);
    clock.advance(10 * hour);
    expect(await settled(() => stuck)).toEqual([]);
    // From then on, who does not get on is late.
    for (let passed = 0; passed < 4 * minute; passed += 20 * second) {
      clock.advance(20 * second);
      await settled(() => stuck);
    }
    expect(stuck).toEqual([{ name: 'in progress', reason: 'in progress stands still' }]);
    gate.resolve({});
  });

  test('never while nothing is started', async () => {
    const clock = createTestClock();
    open({ timing: { everyMs: minute }, run: async () => ({}) }, { clock });
    clock.advance(day);
    expect(isOverdue()).toBe(false);
  });
});

describe('a process that stood still', () => {
  /** A job of two seconds, and one that looks for stuck ones every minute, as in the table of jobs. */
  async function openWatched() {
    const clock = createTestClock();
    const found: string[] = [];
    const gates: PromiseWithResolvers<JsonObject>[] = [];
    const watch = async (): Promise<JsonObject> => {
      found.push(...findStuckJobs(scheduler.states()).map(({ reason }) => reason));
      return {};
    };
    const jobs: Job[] = [
      { name: 'watch', timing: { everyMs: minute }, timeoutMs: minute, run: watch },
      {
        name: 'poll',
        timing: { everyMs: 2 * second },
        timeoutMs: minute,
        run: async () => gates.at(-1)?.promise ?? {},
      },
      { name: 'other', timing: { everyMs: 5 * second }, timeoutMs: minute, run: async () => ({}) },
      // Its sleep ends after that of the watch.
      { name: 'expire', timing: { everyMs: 80 * second }, timeoutMs: minute, run: async () => ({}) },
    ];
    scheduler = createScheduler({ jobs, timeZone: 'UTC', clock, awake: createAwakeTime(clock), log });
    await scheduler.start();
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += second) {
        await settled(() => undefined);
        clock.advance(second);
      }
      await settled(() => undefined);
    };
    await pass(90 * second);
    return { clock, found, gates, pass };
  }

  test.each([3 * minute, 10 * minute, 8 * hour, 3 * day])('for %d ms is not late with its jobs', async (ms) => {
    const { clock, found, pass } = await openWatched();
    clock.advance(ms);
    await pass(5 * minute);
    expect(found).toEqual([]);
  });

  test('again and again for minutes is not late either', async () => {
    const { clock, found, pass } = await openWatched();
    for (let times = 0; times < 20; times += 1) {
      clock.advance(5 * minute);
      await pass(30 * second);
    }
    expect(found).toEqual([]);
  });

  test('goes on with the run that was in progress', async () => {
    const { clock, found, gates, pass } = await openWatched();
    const gate = Promise.withResolvers<JsonObject>();
    gates.push(gate);
    await pass(4 * second);
    clock.advance(hour);
    await pass(second);
    gates.pop();
    gate.resolve({});
    await pass(3 * minute);
    expect(found).toEqual([]);
  });

  test('still finds a job that hangs, a few minutes later', async () => {
    const { clock, found, gates, pass } = await openWatched();
    clock.advance(hour);
    const gate = Promise.withResolvers<JsonObject>();
    gates.push(gate);
    await pass(5 * minute);
    expect(new Set(found)).toEqual(new Set(['poll stands still']));
    gate.resolve({});
  });
});

describe('a job is stuck', () => {
  const openEveryMinute = async (run: Job['run']) => {
    const clock = createTestClock();
    await open({ timing: { everyMs: minute }, run }, { clock }).start();
    const stuckAfter = async (minutes: number): Promise<unknown> => {
      for (let passed = 0; passed < minutes * minute; passed += 20 * second) {
        await settled(() => scheduler.states());
        clock.advance(20 * second);
      }
      return settled(() => findStuckJobs(scheduler.states()));
    };
    return { clock, stuckAfter };
  };

  test('when it has failed for minutes, several times in a row, until it works again', async () => {
    let isBroken = true;
    const { stuckAfter } = await openEveryMinute(async () => {
      if (isBroken) throw new TypeError('broken');
      return {};
    });
    expect(await stuckAfter(4)).toEqual([]);
    expect(await stuckAfter(1)).toEqual([{ name: 'sweep', reason: 'sweep ends with an error (TypeError: broken)' }]);
    isBroken = false;
    expect(await stuckAfter(1)).toEqual([]);
    isBroken = true;
    expect(await stuckAfter(4)).toEqual([]);
  });

  test('when it stands still', async () => {
    const gate = Promise.withResolvers<JsonObject>();
    const { stuckAfter } = await openEveryMinute(() => gate.promise);
    expect(await stuckAfter(3)).toEqual([]);
    expect(await stuckAfter(1)).toEqual([{ name: 'sweep', reason: 'sweep stands still' }]);
    gate.resolve({});
  });
});

describe('a scheduler that stops', () => {
  test('waits for the job in progress, aborts its signal, and starts nothing more', async () => {
    const ended: string[] = [];
    const began = Promise.withResolvers<void>();
    const run = (signal: AbortSignal) =>
      new Promise<JsonObject>((resolve) => {
        began.resolve();
        signal.addEventListener('abort', () => {
          ended.push('job');
          resolve({});
        });
      });
    await open({ run }).start();
    await began.promise;
    await scheduler.stop();
    ended.push('scheduler');
    expect(ended).toEqual(['job', 'scheduler']);
    expect(scheduler.runJob('sweep')).toBeUndefined();
    await scheduler.stop();
  });

  test('says when each job runs next while it is started', async () => {
    open({ timing: { dailyAt: '04:00' }, run: async () => ({}) });
    expect(scheduler.states()[0]?.nextRunAt).toBeNull();
    await scheduler.start();
    expect(new Date(scheduler.states()[0]?.nextRunAt ?? 0).toISOString()).toMatch(/T04:00:00.000Z$/);
  });
});

test('a time zone moves a daily job', async () => {
  const jobs = [{ name: 'daily', timing: { dailyAt: '04:00' as const }, timeoutMs: 1, run: async () => ({}) }];
  const awake = createAwakeTime(systemClock);
  scheduler = createScheduler({ jobs, timeZone: 'Asia/Kolkata', clock: systemClock, awake, log });
  await scheduler.start();
  expect(new Date(scheduler.states()[0]?.nextRunAt ?? 0).toISOString()).toMatch(/T22:30:00.000Z$/);
});

test('two jobs of one name are a fault of ours', () => {
  const job = { name: 'twice', timing: never, timeoutMs: 1, run: async () => ({}) };
  const awake = createAwakeTime(systemClock);
  const twice = () => createScheduler({ jobs: [job, job], timeZone: 'UTC', clock: systemClock, awake, log });
  expect(twice).toThrow('two jobs are called twice');
});
