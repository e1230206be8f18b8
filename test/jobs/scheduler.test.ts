import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Job } from '#jobs/jobs.ts';
import { createScheduler, type JobRun, type Scheduler } from '#jobs/scheduler.ts';
import { minute, systemClock } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { EventLog } from '#kernel/process.ts';

const logged: string[] = [];
const note = (message: string, facts: object = {}): void => void logged.push(`${message} ${JSON.stringify(facts)}`);
const log: EventLog = { info: note, warn: note, error: note };
const never = '0 0 0 29 2 *';
let scheduler: Scheduler;

function open(job: Partial<Job> & { run: Job['run'] }, onRun?: (run: JobRun) => void): Scheduler {
  logged.length = 0;
  const jobs = [{ name: 'sweep', cron: never, timeoutMs: minute, ...job }];
  scheduler = createScheduler({ jobs, timeZone: 'UTC', clock: systemClock, log, ...(onRun && { onRun }) });
  return scheduler;
}
afterEach(() => scheduler.stop());

describe('a job', () => {
  test('runs once at the start, to make up for what was missed', async () => {
    let runs = 0;
    await open({ run: async () => ({ swept: ++runs }) }).start();
    await vi.waitFor(() =>
      expect(scheduler.states()[0]?.lastRun?.outcome).toEqual({ kind: 'done', counts: { swept: 1 } }),
    );
    expect(runs).toBe(1);
  });

  test('runs when its time comes', async () => {
    let runs = 0;
    await open({ cron: '* * * * * *', run: async () => ({ swept: ++runs }) }).start();
    await vi.waitFor(() => expect(runs).toBeGreaterThanOrEqual(3), { timeout: 10_000, interval: 20 });
    await scheduler.stop();
    expect(logged.every((line) => line.startsWith('job done'))).toBe(true);
  });

  test('never overlaps itself, whoever starts it', async () => {
    let atOnce = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    open({
      cron: '* * * * * *',
      run: async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await gate.promise;
        atOnce -= 1;
        return {};
      },
    });
    await scheduler.start();
    const byHand = [scheduler.runJob('sweep'), scheduler.runJob('sweep')];
    await vi.waitFor(() => expect(Date.now() % 1_000).toBeLessThan(100), { timeout: 3_000, interval: 20 });
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
      (run) => heard.push(run),
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
    await vi.waitFor(() => expect(scheduler.states()[0]?.isRunning).toBe(false));
    await scheduler.runJob('sweep');
    expect(runs).toBe(2);
    expect(logged.filter((line) => line.startsWith('job timed out'))).toHaveLength(1);
  });

  test('that nobody knows is not run', () => {
    expect(open({ run: async () => ({}) }).runJob('other')).toBeUndefined();
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
    open({ cron: '0 0 4 * * *', run: async () => ({}) });
    expect(scheduler.states()[0]?.nextRunAt).toBeNull();
    await scheduler.start();
    expect(new Date(scheduler.states()[0]?.nextRunAt ?? 0).toISOString()).toMatch(/T04:00:00.000Z$/);
  });
});

test('a time zone moves a daily job', async () => {
  const jobs = [{ name: 'daily', cron: '0 0 4 * * *', timeoutMs: 1, run: async () => ({}) }];
  scheduler = createScheduler({ jobs, timeZone: 'Asia/Kolkata', clock: systemClock, log });
  await scheduler.start();
  expect(new Date(scheduler.states()[0]?.nextRunAt ?? 0).toISOString()).toMatch(/T22:30:00.000Z$/);
});

test('two jobs of one name are a fault of ours', () => {
  const job = { name: 'twice', cron: never, timeoutMs: 1, run: async () => ({}) };
  const twice = () => createScheduler({ jobs: [job, job], timeZone: 'UTC', clock: systemClock, log });
  expect(twice).toThrow('two jobs are called twice');
});
