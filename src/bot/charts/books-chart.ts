// What was paid on each of the last days, one panel for each asset, because sums of two assets have no common scale.
import type { EChartsCoreOption } from 'echarts';
import type { ClosedDay } from '#accounting/ledger/read-ledger.ts';
import { compareTexts } from '#accounting/ledger/tally.ts';
import { addDays, type CalendarDay } from '#kernel/calendar.ts';
import { sumDecimals } from '#kernel/money.ts';
import { chartColours, chartTitle, renderChart } from './render.ts';

/** Two weeks: as many bars as a phone tells apart. */
export const daysDrawn = 14;
/** More panels would be too flat to read; the assets that most payments came in are drawn. */
const panelsMax = 3;

const states = [
  { name: 'sides agree', colour: chartColours.good },
  { name: 'unexplained', colour: chartColours.bad },
  { name: 'not all compared', colour: chartColours.calm },
] as const;

/** The days up to the newest of them, oldest first, as a PNG. */
export function drawBooks(days: readonly ClosedDay[]): Promise<Uint8Array> {
  return renderChart(booksChart(days));
}

export function booksChart(days: readonly ClosedDay[]): EChartsCoreOption {
  const slots = slotsOf(days);
  const assets = assetsOf(days);
  const panels = assets.length === 0 ? [''] : assets;
  return {
    title: chartTitle('Paid a day', subtitle(slots, assets)),
    // The letters are measured without the font: the gap makes up for what they are wider.
    legend: { top: 68, left: 20, itemWidth: 14, itemHeight: 14, itemGap: 28, data: legendOf(days) },
    grid: panels.map((_, index) => panelPlace(index, panels.length)),
    xAxis: panels.map((_, index) => ({
      type: 'category',
      gridIndex: index,
      data: slots.map(labelOf),
      axisTick: { show: false },
      axisLabel: {
        show: index === panels.length - 1,
        interval: 0,
        rotate: 45,
        fontSize: 12,
        // A day without a bar must show all the same that something is wrong with it.
        color: (_text: string, slot: number) => (stateOf(slots[slot]?.closed) === 1 ? chartColours.bad : '#667085'),
      },
    })),
    yAxis: panels.map((asset, index) => ({
      type: 'value',
      gridIndex: index,
      name: asset,
      nameGap: 10,
      nameTextStyle: { align: 'right', fontSize: 14, fontWeight: 600, padding: [0, 8, 0, 0] },
      splitNumber: 2,
      minInterval: 0,
      axisLabel: { fontSize: 12 },
      splitLine: { lineStyle: { color: '#eaecf0' } },
    })),
    series: panels.flatMap((asset, panel) =>
      states.map(({ name, colour }, state) => ({
        type: 'bar',
        name,
        stack: `paid ${panel}`,
        xAxisIndex: panel,
        yAxisIndex: panel,
        color: colour,
        barMaxWidth: 26,
        data: slots.map(({ closed }) => (stateOf(closed) === state ? heightOf(closed, asset) : null)),
      })),
    ),
  };
}

interface Slot {
  day: CalendarDay;
  closed: ClosedDay | undefined;
}

/** The last days, also those from before the books began, so that a bar's place means the same on every picture. */
function slotsOf(days: readonly ClosedDay[]): Slot[] {
  const last = days.at(-1);
  if (last === undefined) return [];
  const byDay = new Map(days.map((one) => [one.day, one]));
  return Array.from({ length: daysDrawn }, (_, index) => {
    const day = addDays(last.day, index - daysDrawn + 1);
    return { day, closed: byDay.get(day) };
  });
}

/** The assets with the most payments first. */
function assetsOf(days: readonly ClosedDay[]): string[] {
  const counts = new Map<string, number>();
  for (const { asset, here } of days.flatMap(({ content }) => content.providers).flatMap(({ payments }) => payments)) {
    if (here.paid.count > 0) counts.set(asset, (counts.get(asset) ?? 0) + here.paid.count);
  }
  const sorted = [...counts].sort(([left, a], [right, b]) => b - a || compareTexts(left, right));
  return sorted.slice(0, panelsMax).map(([asset]) => asset);
}

function stateOf(closed: ClosedDay | undefined): number | undefined {
  if (closed === undefined) return undefined;
  const { unexplained, providers } = closed.content;
  if (unexplained.count > 0) return 1;
  return providers.some(({ unknownWhy, payments }) => unknownWhy !== null && payments.length > 0) ? 2 : 0;
}

function legendOf(days: readonly ClosedDay[]): string[] {
  const seen = new Set(days.map(stateOf));
  return states.filter((_, state) => seen.has(state)).map(({ name }) => name);
}

/** A bar has pixels, not cents: here and nowhere else a sum becomes a number, and nothing is computed with it. */
function heightOf(closed: ClosedDay | undefined, asset: string): number {
  const lines = closed?.content.providers.flatMap(({ payments }) => payments) ?? [];
  return Number(sumDecimals(lines.filter((one) => one.asset === asset).map(({ here }) => here.paid.amount)));
}

/** Room for the heading, the days' names, and between two panels for the name of the lower one. */
const drawn = { top: 130, bottom: 52, gap: 40, height: 400 } as const;

function panelPlace(index: number, count: number): { left: number; right: number; top: number; height: number } {
  const room = drawn.height - drawn.top - drawn.bottom - drawn.gap * (count - 1);
  const height = Math.floor(room / count);
  return { left: 70, right: 24, top: drawn.top + index * (height + drawn.gap), height };
}

function labelOf({ day }: Slot): string {
  const [, month = '', date = ''] = day.split('-');
  return `${date}.${month}.`;
}

function subtitle(slots: readonly Slot[], assets: readonly string[]): string {
  const [first, last] = [slots[0], slots.at(-1)];
  if (first === undefined || last === undefined) return 'no day is closed yet';
  const what = assets.length === 0 ? 'nothing was paid' : assets.join(', ');
  return `${what}, ${first.day} to ${last.day}`;
}
