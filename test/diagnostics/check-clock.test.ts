import { expect, test } from 'vitest';
import { judgeClock } from '#diagnostics/check-clock.ts';

const drawn = (...aheadMs: number[]): string[] =>
  judgeClock(aheadMs.map((ahead, index) => ({ source: `clock ${index + 1}`, aheadMs: ahead }))).map(
    ({ name, status, detail }) => `${name} ${status}: ${detail}`,
  );

test.each([
  [[0], 'clock ok: 0.0 s behind the one outside clock that answered'],
  [[-2_000, -2_000, -2_000], 'clock ok: 2.0 s ahead of the median of 3 outside clocks'],
  [[2_001, 2_001], 'clock warning: 2.0 s behind the median of 2 outside clocks'],
  [[30_000], 'clock warning: 30.0 s behind the one outside clock that answered'],
  [[30_001], 'clock error: 30.0 s behind the one outside clock that answered'],
  [[-3_600_000, -3_600_100, -3_599_000], 'clock error: 3600.0 s ahead of the median of 3 outside clocks'],
])('%o ms are judged by their median', (aheadMs, line) => {
  expect(drawn(...aheadMs)[0]).toBe(line);
});

test('one wrong clock among the others does not make ours an error, and is named', () => {
  expect(drawn(100, 0, 45_000)).toEqual([
    'clock ok: 0.1 s behind the median of 3 outside clocks',
    'of clock 3 warning: 44.9 s ahead of the other clocks',
  ]);
});

test('without another clock the check is a warning', () => {
  expect(drawn()).toEqual(['clock warning: no server outside told the time']);
});
