// Runs jobs when they are due. Every job runs once at the start, which makes up for runs that were due while the process
// was down.
import { type Milliseconds, minute } from '#kernel/clock.ts';
import { assert } from '#kernel/invariant.ts';
import type { Lifecycle } from '#kernel/process.ts';
import { createJobRunner, type JobRun, type JobRunner, type JobRunnerDeps } from './job-runner.ts';
import type { Job } from './jobs.ts';
import { createPlan, type Plan } from './plan.ts';

export interface JobState {
  name: string;
  isRunning: boolean;
  /** It stands still: its run does not end though its time-out is long over, or it is due and does not begin. */
  isOverdue: boolean;
  /** Several runs in a row have failed or timed out, for minutes. */
  isFailing: boolean;
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

export interface SchedulerDeps extends JobRunnerDeps {
  jobs: readonly Job[];
  /** IANA name. */
  timeZone: string;
}

interface Entry {
  job: Job;
  plan: Plan;
  runner: JobRunner;
}

/** The wall clock is looked at so often while a job waits: it may have been set, or the machine may have slept. */
const lookEveryMs: Milliseconds = minute;
/** So many runs in a row, over so long, are no hiccup. */
const failuresMax = 3;
const failingForMs: Milliseconds = 5 * minute;
/** A job may be so late because the machine is busy. */
const lateMaxMs: Milliseconds = 2 * minute;

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { clock, log } = deps;
  const stopping = new AbortController();
  const entries = new Map<string, Entry>();
  for (const job of deps.jobs) {
    assert(!entries.has(job.name), `two jobs are called ${job.name}`);
    const runner = createJobRunner(deps, { job, stopping: stopping.signal });
    entries.set(job.name, { job, plan: createPlan(job.timing, deps), runner });
  }
  let loops: Promise<void>[] | undefined;
  const isActive = (): boolean => loops !== undefined && !stopping.signal.aborted;

  async function runWhenDue({ plan, runner }: Entry): Promise<void> {
    while (isActive()) {
      plan.begin();
      void runner.run();
      await runner.idle();
      for (let leftMs = plan.leftMs(); leftMs > 0 && isActive(); leftMs = plan.leftMs()) {
        await clock.sleep(Math.min(leftMs, lookEveryMs), stopping.signal);
      }
    }
  }

  function stateOf({ job, plan, runner }: Entry): JobState {
    const runningMs = runner.runningMs();
    const failures = runner.failures();
    const lateMs = runningMs === null ? plan.overdueMs() : runningMs - job.timeoutMs;
    return {
      name: job.name,
      isRunning: runningMs !== null,
      isOverdue: isActive() && lateMs > lateMaxMs,
      isFailing: failures.runs >= failuresMax && failures.ms >= failingForMs,
      lastRun: runner.lastRun(),
      nextRunAt: isActive() ? clock.now() + Math.max(plan.leftMs(), 0) : null,
    };
  }

  return {
    start() {
      if (loops !== undefined) return;
      loops = [];
      for (const entry of entries.values()) {
        // A loop that ends in an error leaves its job overdue, which the health checks show.
        const loop = runWhenDue(entry).catch((error) => log.error('job not planned', { job: entry.job.name }, error));
        loops.push(loop);
      }
    },
    async stop() {
      stopping.abort();
      await Promise.all([...(loops ?? []), ...[...entries.values()].map(({ runner }) => runner.idle())]);
    },
    runJob: (name) => entries.get(name)?.runner.run(),
    states: () => [...entries.values()].map(stateOf),
  };
}

/** The jobs that do not do their work, with why. */
export function findStuckJobs(states: readonly JobState[]): { name: string; reason: string }[] {
  return states.flatMap(({ name, isOverdue, isFailing, lastRun }) => {
    if (isOverdue) return [{ name, reason: `${name} stands still` }];
    if (!isFailing) return [];
    const error = lastRun?.outcome.kind === 'failed' ? lastRun.outcome.error : null;
    return [{ name, reason: `${name} ${error === null ? 'takes too long' : `ends with an error (${error})`}` }];
  });
}
