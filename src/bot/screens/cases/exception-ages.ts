import type { EChartsCoreOption } from 'echarts';
import { type AlertSeverity, alertSeverities } from '#cases/case.ts';
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import type { PaymentException } from '#payments/exceptions/exception.ts';
import { chartColours, chartTitle } from '../../charts/render.ts';
import { ageText, exceptionSeverity } from '../../wording/exception-words.ts';

type Aged = Pick<PaymentException, 'kind' | 'openedAt'>;

/** How long it has been waiting; the last class has no end. */
export const ageClasses: readonly { name: string; below: Milliseconds }[] = [
  { name: '< 1 h', below: hour },
  { name: '< 1 day', below: day },
  { name: '1–3 days', below: 3 * day },
  { name: '3–7 days', below: 7 * day },
  { name: '> 7 days', below: Number.POSITIVE_INFINITY },
];

const colours: Readonly<Record<AlertSeverity, string>> = {
  critical: chartColours.bad,
  warning: chartColours.waiting,
  info: chartColours.calm,
};

/** How many there are in each class of age, by severity. */
export function countAges(exceptions: readonly Aged[], now: Milliseconds): Record<AlertSeverity, number[]> {
  const counts = { critical: [0, 0, 0, 0, 0], warning: [0, 0, 0, 0, 0], info: [0, 0, 0, 0, 0] };
  for (const { kind, openedAt } of exceptions) {
    const index = ageClasses.findIndex(({ below }) => now - openedAt < below);
    const bars = counts[exceptionSeverity[kind]];
    bars[index] = (bars[index] ?? 0) + 1;
  }
  return counts;
}

/** Bars by age, stacked by severity: whether trouble is being worked off, at a glance. */
export function agesChart(exceptions: readonly Aged[], now: Milliseconds): EChartsCoreOption {
  const counts = countAges(exceptions, now);
  const oldest = Math.min(now, ...exceptions.map(({ openedAt }) => openedAt));
  const subtext = `${exceptions.length} open · the oldest ${ageText(now - oldest)} old`;
  const shown = alertSeverities.filter((severity) => counts[severity].some((count) => count > 0));
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
