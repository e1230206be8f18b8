import type { HealthCheck, HealthReport, JobReport } from '#reports/health-report.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { show } from '../../text/html.ts';
import type { Presentation, View } from '../../text/view.ts';
import { formatTime, plural } from '../../text/words.ts';
import { checkNowButton, isSetUpWrong, type SetUpPresentation, setUpLines } from './set-up-view.ts';

/** The same checks as `/readyz`, the jobs' last runs, and what waits in the queues; what is well is put together. */
export function healthView(report: HealthReport, presentation: SetUpPresentation): View {
  const isWell = [...report.checks, ...report.jobs].every(({ ok }) => ok) && !isSetUpWrong(presentation.setUp);
  const isKnown = presentation.setUp.report !== undefined && report.jobs.every(({ lastRunAt }) => lastRunAt !== null);
  const well = isKnown ? 'All is well' : 'All is well so far';
  const lines = [
    line(isWell ? `🟢 <b>${well}</b>` : '🔴 <b>Something is wrong</b>', weights.must),
    ...report.checks.filter(({ ok }) => !ok).map(troubleLine),
    ...report.jobs.filter(({ ok }) => !ok).map((job) => jobLine(job, presentation)),
    ...wellLines(report.checks),
    ...queueLines(report.queues, presentation),
    ...wellJobsLine(report.jobs),
    ...setUpLines(presentation),
  ];
  return {
    text: fitLines(lines),
    keyboard: [[{ text: 'Refresh', callback: { kind: 'health' } }, checkNowButton('health')]],
  };
}

function troubleLine(check: HealthCheck): Line {
  const detail = check.detail === '' ? '' : ` · ${show(check.detail, 200)}`;
  return line(`🔴 ${show(check.name, 60)}${detail}`, weights.must);
}

/** Checks of one sort, told by the first word of their names. */
const sorts: readonly { word: string; one: string; many: string }[] = [
  { word: 'telegram', one: 'bot connected', many: 'bots connected' },
  { word: 'provider', one: 'provider answers', many: 'providers answer' },
];
/** The lines of the queues say the same with numbers; of alerts there is nothing to say. */
const saidElsewhere: readonly string[] = ['inbox', 'outbox', 'alerts'];

function wellLines(checks: readonly HealthCheck[]): Line[] {
  const sortOf = (check: HealthCheck) => sorts.find(({ word }) => check.name.startsWith(`${word} `));
  const single = checks.filter(
    (check) => check.ok && sortOf(check) === undefined && !saidElsewhere.includes(check.name),
  );
  const lines = single.map(({ name, detail }) =>
    line(`🟢 ${show(name, 60)}${detail === '' ? '' : ` · ${show(detail, 200)}`}`),
  );
  for (const sort of sorts) {
    const all = checks.filter((check) => sortOf(check) === sort);
    const known = all.filter(({ isUnknown }) => isUnknown !== true);
    const well = known.filter(({ ok }) => ok).length;
    const of = well < known.length ? ` of ${known.length}` : '';
    if (well > 0) lines.push(line(`🟢 ${well}${of} ${well === 1 && of === '' ? sort.one : sort.many}`));
    const unknown = all.length - known.length;
    if (unknown > 0) lines.push(line(`⚪ ${plural(unknown, sort.word)} not known now`));
  }
  return lines;
}

function queueLines(queues: HealthReport['queues'], presentation: Presentation): Line[] {
  if (queues === null) return [];
  const busy = queues.filter(({ depth }) => depth.waiting > 0 || depth.abandoned > 0);
  if (busy.length === 0) return [line('📥 Nothing waits in the queues', weights.detail)];
  return busy.map(({ queue, depth }) => {
    const oldest =
      depth.oldestAvailableAt === null ? '' : `, oldest ${formatTime(depth.oldestAvailableAt, presentation)}`;
    const dead = depth.abandoned === 0 ? '' : `, ${depth.abandoned} dead`;
    return line(`📥 ${queue} ${show(depth.lane, 40)}: ${depth.waiting} waiting${oldest}${dead}`, weights.detail);
  });
}

function jobLine(job: JobReport, presentation: Presentation): Line {
  const when = job.lastRunAt === null ? 'not yet' : formatTime(job.lastRunAt, presentation);
  return line(`🔴 job ${show(job.name, 60)}, ${when} · ${show(job.detail.replaceAll('_', ' '), 100)}`, weights.must);
}

function wellJobsLine(jobs: HealthReport['jobs']): Line[] {
  const ran = jobs.filter((job) => job.ok && job.lastRunAt !== null).length;
  const toCome = jobs.filter((job) => job.ok && job.lastRunAt === null).length;
  const parts = [
    ...(ran > 0 ? [`${plural(ran, 'job')} on time`] : []),
    ...(toCome > 0 ? [`${ran > 0 ? toCome : plural(toCome, 'job')} still to run`] : []),
  ];
  return parts.length === 0 ? [] : [line(`⏱ ${parts.join(', ')}`, weights.detail)];
}
