// Runs jobs when they are due. A job never overlaps itself, whether the clock or an admin starts it. Every job runs once at
// the start, which makes up for runs that were due while the process was down.
import { type Logger as CronLogger, createTask, type ScheduledTask } from 'node-cron';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import { assert } from '#kernel/invariant.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { EventLog, Lifecycle } from '#kernel/process.ts';
import type { Job } from './jobs.ts';

export type JobOutcome =
  | { kind: 'done'; counts: JsonObject }
  | { kind: 'failed'; error: string }
  /** Its signal was aborted; until the run has ended, the job is not started again. */
  | { kind: 'timed_out' };

export interface JobRun {
  job: string;
  /** When it began. */
  at: Milliseconds;
  durationMs: Milliseconds;
  outcome: JobOutcome;
}

export interface JobState {
  name: string;
  cron: string;
  isRunning: boolean;
  /** Null before the first run has ended. */
  lastRun: JobRun | null;
  /** Null while the scheduler is stopped. */
  nextRunAt: Milliseconds | null;
}

export interface Scheduler extends Lifecycle {
  /** Starts the job now, or joins the run in progress; undefined when there is no such job, or the scheduler stops. */
  runJob(name: string): Promise<JobRun> | undefined;
  states(): JobState[];
}

export interface SchedulerDeps {
  jobs: readonly Job[];
  /** IANA name. */
  timeZone: string;
  clock: Clock;
  log: EventLog;
  /** Called for every run that ended or timed out, for metrics. Must not throw. */
  onRun?: (run: JobRun) => void;
}

interface Entry {
  job: Job;
  task: ScheduledTask;
  /** The run as its callers see it, and the work itself, which may last beyond the time-out. */
  current: { run: Promise<JobRun>; work: Promise<void> } | undefined;
  lastRun: JobRun | null;
}

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const stopping = new AbortController();
  const entries = new Map<string, Entry>();
  let isStarted = false;
  for (const job of deps.jobs) {
    assert(!entries.has(job.name), `two jobs are called ${job.name}`);
    const task = createTask(job.cron, () => begin(job.name), {
      name: job.name,
      timezone: deps.timeZone,
      noOverlap: true,
      // A run that a busy event loop missed is made up for by the next one.
      suppressMissedWarning: true,
      logger: toCronLogger(deps.log, job.name),
    });
    entries.set(job.name, { job, task, current: undefined, lastRun: null });
  }

  function begin(name: string): Promise<JobRun> | undefined {
    const entry = entries.get(name);
    if (entry === undefined || stopping.signal.aborted) return undefined;
    entry.current ??= launch(entry);
    return entry.current.run;
  }

  function launch(entry: Entry): NonNullable<Entry['current']> {
    const { job } = entry;
    const at = deps.clock.now();
    const deadline = deps.clock.deadline(job.timeoutMs);
    const signal = AbortSignal.any([deadline, stopping.signal]);
    const run = Promise.withResolvers<JobRun>();
    let isEnded = false;
    const end = (outcome: JobOutcome): void => {
      if (isEnded) return;
      isEnded = true;
      entry.lastRun = { job: job.name, at, durationMs: deps.clock.now() - at, outcome };
      report(entry.lastRun);
      run.resolve(entry.lastRun);
    };
    const giveUp = (): void => end({ kind: 'timed_out' });
    deadline.addEventListener('abort', giveUp, { once: true });
    const work = perform(job, signal).then((outcome) => {
      deadline.removeEventListener('abort', giveUp);
      entry.current = undefined;
      end(outcome);
    });
    return { run: run.promise, work };
  }

  async function perform(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    try {
      return { kind: 'done', counts: await job.run(signal) };
    } catch (error) {
      deps.log.error('job threw', { job: job.name }, error);
      return { kind: 'failed', error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error' };
    }
  }

  function report(run: JobRun): void {
    const { job, durationMs, outcome } = run;
    if (outcome.kind === 'timed_out') deps.log.error('job timed out', { job, durationMs });
    // Some jobs run every two seconds: logging runs that found nothing to do would hide the rest of the log.
    if (outcome.kind === 'done' && didAnything(outcome.counts)) {
      deps.log.info('job done', { job, durationMs, ...outcome.counts });
    }
    deps.onRun?.(run);
  }

  return {
    start() {
      if (isStarted) return;
      isStarted = true;
      for (const { job, task } of entries.values()) {
        void task.start();
        void begin(job.name);
      }
    },
    async stop() {
      stopping.abort();
      for (const { task } of entries.values()) await task.destroy();
      await Promise.all([...entries.values()].map((entry) => entry.current?.work));
    },
    runJob: begin,
    states: () =>
      [...entries.values()].map(({ job, task, current, lastRun }) => ({
        name: job.name,
        cron: job.cron,
        isRunning: current !== undefined,
        lastRun,
        nextRunAt: stopping.signal.aborted || !isStarted ? null : (task.getNextRun()?.getTime() ?? null),
      })),
  };
}

function didAnything(counts: JsonObject): boolean {
  return Object.values(counts).some((value) => value !== 0);
}

function toCronLogger(log: EventLog, job: string): CronLogger {
  return {
    info: () => undefined,
    debug: () => undefined,
    // node-cron warns only of a run that is still in progress when the next is due, as when a provider is slow.
    warn: () => undefined,
    error: (message, error) => log.error('scheduler failed', { job }, error ?? message),
  };
}
