import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { createStream } from '../engine/random.ts';
import { clockChanges, drawStart, drawZone, offsetOf } from './time-zones.ts';

test('at each of the moments that are named, clocks are changed in that zone', () => {
  for (const [zone, changes] of Object.entries(clockChanges)) {
    for (const change of changes) {
      const at = Date.parse(change);
      expect(offsetOf(at, zone), `${zone} ${change}`).not.toBe(offsetOf(at - minute, zone));
    }
  }
});

test('clocks are changed in the first two hours of every fourth history, and a day ends in as many', () => {
  const histories = Array.from({ length: 400 }, (_, seed) => {
    const chance = createStream(seed);
    const zone = drawZone(chance);
    const startAt = drawStart(chance, zone);
    const [from, to] = [startAt, startAt + 2 * hour].map((at) => offsetOf(at, zone));
    const dayOf = (at: number) => new Date(at + offsetOf(at, zone)).getUTCDate();
    return { isChanged: from !== to, isDayOver: dayOf(startAt) !== dayOf(startAt + 2 * hour) };
  });
  expect(histories.filter(({ isChanged }) => isChanged).length).toBeGreaterThan(100);
  expect(histories.filter(({ isDayOver }) => isDayOver).length).toBeGreaterThan(100);
});
