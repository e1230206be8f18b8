// The picture above `/exceptions`: how old they are. A picture cannot become text, so it is a message of its own beside the
// list, and is drawn anew when somebody asks for it.
import type { EChartsCoreOption } from 'echarts';
import { InputFile, InputMediaBuilder } from 'grammy';
import { type Case, type CaseSeverity, caseSeverities } from '#cases/case.ts';
import { listOldestDecisions } from '#cases/read-cases.ts';
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import { chartColours, chartTitle, renderChart } from '../../charts/render.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import type { OnButton } from '../../kit/screen.ts';
import { readGrammyError } from '../../telegram/grammy-errors.ts';
import { toMarkup } from '../../text/view.ts';
import { formatTime } from '../../text/words.ts';
import { ageText } from '../../wording/case-words.ts';

/** More bars would say nothing more. */
const drawnMax = 2_000;

type Aged = Pick<Case, 'severity' | 'openedAt'>;

/** How long it has been waiting; the last class has no end. */
export const ageClasses: readonly { name: string; below: Milliseconds }[] = [
  { name: '< 1 h', below: hour },
  { name: '< 1 day', below: day },
  { name: '1–3 days', below: 3 * day },
  { name: '3–7 days', below: 7 * day },
  { name: '> 7 days', below: Number.POSITIVE_INFINITY },
];

const colours: Readonly<Record<CaseSeverity, string>> = {
  critical: chartColours.bad,
  warning: chartColours.waiting,
  info: chartColours.calm,
};

/** How many there are in each class of age, by severity. */
export function countAges(cases: readonly Aged[], now: Milliseconds): Record<CaseSeverity, number[]> {
  const counts = { critical: [0, 0, 0, 0, 0], warning: [0, 0, 0, 0, 0], info: [0, 0, 0, 0, 0] };
  for (const { severity, openedAt } of cases) {
    const index = ageClasses.findIndex(({ below }) => now - openedAt < below);
    const bars = counts[severity];
    bars[index] = (bars[index] ?? 0) + 1;
  }
  return counts;
}

/** Bars by age, stacked by severity: whether trouble is being worked off, at a glance. */
export function agesChart(cases: readonly Aged[], now: Milliseconds): EChartsCoreOption {
  const counts = countAges(cases, now);
  const oldest = Math.min(now, ...cases.map(({ openedAt }) => openedAt));
  const subtext = `${cases.length} open · the oldest ${ageText(now - oldest)} old`;
  const shown = caseSeverities.filter((severity) => counts[severity].some((count) => count > 0));
  return {
    title: chartTitle('Exceptions by age', subtext),
    legend: { right: 24, top: 18, itemWidth: 14, itemHeight: 14, itemGap: 18, data: [...shown] },
    xAxis: {
      type: 'category',
      data: ageClasses.map(({ name }) => name),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: '#d0d5dd' } },
      axisLabel: { fontFamily: 'Inter', fontSize: 15, color: '#344054' },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { fontFamily: 'Inter', fontSize: 13, color: '#667085' },
      splitLine: { lineStyle: { color: '#eaecf0' } },
    },
    series: shown.map((severity) => ({
      name: severity,
      type: 'bar',
      stack: 'all',
      barWidth: '56%',
      itemStyle: { color: colours[severity] },
      label: { show: true, color: '#ffffff', fontFamily: 'Inter', fontSize: 16, fontWeight: 600 },
      // A bar of nothing has no number.
      data: counts[severity].map((count) => (count === 0 ? null : count)),
    })),
  };
}

/** Nothing where nothing waits. The list says the same in words: a chat that takes no pictures gets it all the same. */
export async function sendAges(env: AdminEnv, ctx: TextContext): Promise<void> {
  const picture = await drawAges(env);
  if (picture === undefined) return;
  try {
    await ctx.replyWithPhoto(picture.file, { ...picture.options, disable_notification: true });
  } catch (error) {
    const outcome = readGrammyError(error);
    env.log.warn('picture not sent', { bot: 'admin', reason: 'reason' in outcome ? outcome.reason : outcome.kind });
  }
}

export const onCaseAgesButton: OnButton = async (env, ctx) => {
  const picture = await drawAges(env);
  if (picture === undefined) return 'Nothing waits for a decision.';
  const { caption, parse_mode, reply_markup } = picture.options;
  try {
    await ctx.editMessageMedia(InputMediaBuilder.photo(picture.file, { caption, parse_mode }), { reply_markup });
  } catch (error) {
    if (readGrammyError(error).kind !== 'not_modified') throw error;
  }
  return 'As of now.';
};

interface Picture {
  file: InputFile;
  options: { caption: string; parse_mode: 'HTML'; reply_markup: ReturnType<typeof toMarkup> };
}

async function drawAges(env: AdminEnv): Promise<Picture | undefined> {
  const open = await listOldestDecisions(env, drawnMax);
  if (open.length === 0) return undefined;
  const presentation = env.presentation();
  return {
    file: new InputFile(await renderChart(agesChart(open, presentation.now)), 'exceptions.png'),
    options: {
      caption: `As of ${formatTime(presentation.now, presentation)}`,
      parse_mode: 'HTML',
      reply_markup: toMarkup([[{ text: 'Redraw', callback: { kind: 'exception_ages' } }]]),
    },
  };
}
