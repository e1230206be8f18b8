import type { Milliseconds } from '#kernel/clock.ts';
import type { QueueDepth } from '#messaging/messaging-store.ts';
import { fitLines, type Line, line, weights } from './fit.ts';
import { show } from './html.ts';
import type { Look, View } from './view.ts';
import { formatTime } from './words.ts';

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
    ...report.queues.map(({ queue, depth }) => queueLine(queue, { depth, look })),
    ...troubleFirst(report.jobs).map((job) => jobLine(job, look)),
  ];
  return { text: fitLines(lines, { linesMax: 30 }), keyboard: [[{ text: 'Refresh', tap: { kind: 'health' } }]] };
}

function checkLine(check: HealthCheck): Line {
  const detail = check.detail === '' ? '' : ` · ${show(check.detail, 200)}`;
  return line(`${check.ok ? '🟢' : '🔴'} ${show(check.name, 60)}${detail}`, check.ok ? weights.fact : weights.must);
}

function queueLine(queue: string, { depth, look }: { depth: QueueDepth; look: Look }): Line {
  const oldest = depth.oldestAvailableAt === null ? '' : `, oldest ${formatTime(depth.oldestAvailableAt, look)}`;
  const dead = depth.abandoned === 0 ? '' : `, ${depth.abandoned} dead`;
  return line(`📥 ${queue} ${show(depth.lane, 40)}: ${depth.waiting} waiting${oldest}${dead}`, weights.detail);
}

function jobLine(job: JobReport, look: Look): Line {
  const when = job.lastRunAt === null ? 'not yet' : formatTime(job.lastRunAt, look);
  const detail = job.detail === '' ? '' : ` · ${show(job.detail, 100)}`;
  return line(`${job.ok ? '⏱' : '🔴'} ${show(job.name, 60)}: ${when}${detail}`, job.ok ? weights.extra : weights.must);
}

function troubleFirst<Row extends { ok: boolean }>(rows: readonly Row[]): Row[] {
  return [...rows.filter((row) => !row.ok), ...rows.filter((row) => row.ok)];
}
