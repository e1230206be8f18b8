import type { Milliseconds } from '#kernel/clock.ts';
import type { QueueDepth } from '#messaging/messaging-store.ts';
import { fitLines, type Line, line, weights } from './fit.ts';
import { show } from './html.ts';
import type { Look, View } from './view.ts';
import { formatDay, formatTime } from './words.ts';

export interface HealthCheck {
  name: string;
  ok: boolean;
  detail: string;
}

export interface JobReport {
  name: string;
  /** Null when it has not run since the start. */
  lastRunAt: Milliseconds | null;
  ok: boolean;
  detail: string;
}

export interface HealthReport {
  checks: readonly HealthCheck[];
  jobs: readonly JobReport[];
  queues: readonly { queue: 'inbox' | 'outbox'; depth: QueueDepth }[];
}

/** The same checks as `/readyz`, the jobs' last runs, and what waits in the queues; trouble comes first. */
export function healthView(report: HealthReport, look: Look): View {
  const isWell = report.checks.every((check) => check.ok);
  const lines = [
    line(isWell ? '🟢 <b>All is well</b>' : '🔴 <b>Something is wrong</b>', weights.must),
    ...troubleFirst(report.checks).map(checkLine),
    ...queueLines(report.queues, look),
    ...jobLines(report.jobs, look),
  ];
  return { text: fitLines(lines), keyboard: [[{ text: 'Refresh', tap: { kind: 'health' } }]] };
}

function checkLine(check: HealthCheck): Line {
  const detail = check.detail === '' ? '' : ` · ${show(check.detail, 200)}`;
  return line(`${check.ok ? '🟢' : '🔴'} ${show(check.name, 60)}${detail}`, check.ok ? weights.fact : weights.must);
}

function queueLines(queues: HealthReport['queues'], look: Look): Line[] {
  const busy = queues.filter(({ depth }) => depth.waiting > 0 || depth.abandoned > 0);
  if (busy.length === 0) return [line('📥 Nothing waits in the queues', weights.detail)];
  return busy.map(({ queue, depth }) => {
    const oldest = depth.oldestAvailableAt === null ? '' : `, oldest ${formatTime(depth.oldestAvailableAt, look)}`;
    const dead = depth.abandoned === 0 ? '' : `, ${depth.abandoned} dead`;
    return line(`📥 ${queue} ${show(depth.lane, 40)}: ${depth.waiting} waiting${oldest}${dead}`, weights.detail);
  });
}

/** A job in trouble has a line of its own; the others share one. */
function jobLines(jobs: HealthReport['jobs'], look: Look): Line[] {
  const well = jobs.filter((job) => job.ok);
  const lines = jobs
    .filter((job) => !job.ok)
    .map((job) => line(`🔴 ${show(job.name, 60)}: ${ranAt(job, look)} · ${show(job.detail, 100)}`, weights.must));
  if (well.length > 0) {
    lines.push(
      line(`⏱ ${well.map((job) => `${show(job.name, 40)} ${ranAtShort(job, look)}`).join(' · ')}`, weights.extra),
    );
  }
  return lines;
}

function ranAt(job: JobReport, look: Look): string {
  return job.lastRunAt === null ? 'not yet' : formatTime(job.lastRunAt, look);
}

/** The report is drawn anew at every look, so that a time of today needs no date. */
function ranAtShort(job: JobReport, look: Look): string {
  if (job.lastRunAt === null || formatDay(job.lastRunAt, look) !== formatDay(look.now, look)) return ranAt(job, look);
  return ranAt(job, look).split(', ').at(-1) ?? '';
}

function troubleFirst<Row extends { ok: boolean }>(rows: readonly Row[]): Row[] {
  return [...rows.filter((row) => !row.ok), ...rows.filter((row) => row.ok)];
}
