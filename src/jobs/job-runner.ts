// Runs one job, never twice at once, whether its plan or an admin starts it.
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { AwakeTime, EventLog } from '#kernel/process.ts';
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

export interface JobRunner {
  /** Starts the job now, or joins the run in progress; undefined once it is stopping. */
  run(): Promise<JobRun> | undefined;
  /** For how long the run in progress has lasted while the process was awake; null when there is none. */
  runningMs(): Milliseconds | null;
  /** Null before the first run has ended. */
  lastRun(): JobRun | null;
  /** The runs since the last good one, and for how long they have failed while the process was awake. */
  failures(): { runs: number; ms: Milliseconds };
  /** Resolves once the work in progress has ended, which may be long after its time-out. */
  idle(): Promise<void>;
}

export interface JobRunnerDeps {
  clock: Clock;
  awake: AwakeTime;
  log: EventLog;
  /** Called for every run that ended or timed out, for metrics. Must not throw. */
  onRun?: (run: JobRun) => void;
}

export function createJobRunner(deps: JobRunnerDeps, input: { job: Job; stopping: AbortSignal }): JobRunner {
  const { clock, awake } = deps;
  const { job, stopping } = input;
  let current: { run: Promise<JobRun>; work: Promise<void>; awakeAt: Milliseconds } | undefined;
  let lastRun: JobRun | null = null;
  let failures = { runs: 0, since: 0 };

  function launch(): NonNullable<typeof current> {
    const at = clock.now();
    const beganAt = clock.elapsed();
    const awakeAt = awake.elapsed();
    const deadline = clock.deadline(job.timeoutMs);
    const run = Promise.withResolvers<JobRun>();
    let isEnded = false;
    const end = (outcome: JobOutcome): void => {
      if (isEnded) return;
      isEnded = true;
      lastRun = { job: job.name, at, durationMs: clock.elapsed() - beganAt, outcome };
      const since = failures.runs === 0 ? awakeAt : failures.since;
      failures = outcome.kind === 'done' ? { runs: 0, since: 0 } : { runs: failures.runs + 1, since };
      report(deps, lastRun);
      run.resolve(lastRun);
    };
    const giveUp = (): void => end({ kind: 'timed_out' });
    deadline.addEventListener('abort', giveUp, { once: true });
    const work = perform(deps, job, AbortSignal.any([deadline, stopping])).then((outcome) => {
      deadline.removeEventListener('abort', giveUp);
      current = undefined;
      end(outcome);
    });
    return { run: run.promise, work, awakeAt };
  }

  return {
    run() {
      if (stopping.aborted) return undefined;
      current ??= launch();
      return current.run;
    },
    runningMs: () => (current === undefined ? null : awake.elapsed() - current.awakeAt),
    lastRun: () => lastRun,
    failures: () => ({ runs: failures.runs, ms: failures.runs === 0 ? 0 : awake.elapsed() - failures.since }),
    async idle() {
      await current?.work;
    },
  };
}

async function perform({ log }: JobRunnerDeps, job: Job, signal: AbortSignal): Promise<JobOutcome> {
  try {
    return { kind: 'done', counts: await job.run(signal) };
  } catch (error) {
    log.error('job threw', { job: job.name }, error);
    return { kind: 'failed', error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error' };
  }
}

function report({ log, onRun }: JobRunnerDeps, run: JobRun): void {
  const { job, durationMs, outcome } = run;
  if (outcome.kind === 'timed_out') log.error('job timed out', { job, durationMs });
  // Some jobs run every two seconds: logging runs that found nothing to do would hide the rest of the log.
  if (outcome.kind === 'done' && didAnything(outcome.counts)) {
    log.info('job done', { job, durationMs, ...outcome.counts });
  }
  onRun?.(run);
}

function didAnything(counts: JsonObject): boolean {
  return Object.values(counts).some((value) => value !== 0);
}
