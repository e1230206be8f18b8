import { expect, test } from 'vitest';
import { chartTitle, renderChart } from '#bot/charts/render.ts';

const bars = {
  xAxis: { type: 'category', data: ['', ''] },
  yAxis: { type: 'value', show: false },
  series: [{ type: 'bar', data: [1, 2] }],
};

test('a chart is a PNG of 1280 by 800 pixels', async () => {
  const png = Buffer.from(await renderChart(bars));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1280, 800]);
});

test('a chart shows its text: the same bars with a title make another, larger picture', async () => {
  const without = await renderChart(bars);
  const withTitle = await renderChart({ ...bars, title: chartTitle('Exceptions by age', '9 are open') });
  // Letters that are drawn take kilobytes; a font that was not found leaves the picture as it was.
  expect(withTitle.length - without.length).toBeGreaterThan(2_000);
});
