import { expect, test } from 'vitest';
import { createStream } from './random.ts';

const draw = (count: number, next: () => number): number[] => Array.from({ length: count }, next);

test('one seed gives one stream', () => {
  expect(draw(50, createStream('seed 1').next)).toEqual(draw(50, createStream('seed 1').next));
  expect(draw(50, createStream('seed 1').next)).not.toEqual(draw(50, createStream('seed 2').next));
});

test('a part has a stream of its own, whatever was drawn from the whole before', () => {
  const whole = createStream('seed 1');
  const early = draw(10, whole.stream('buyer').next);
  draw(100, whole.next);
  expect(draw(10, whole.stream('buyer').next)).toEqual(early);
  expect(draw(10, whole.stream('kill').next)).not.toEqual(early);
});

test('numbers stay within their bounds and reach both ends', () => {
  const chance = createStream(7);
  const drawn = draw(2_000, () => chance.between(3, 6));
  expect(new Set(drawn)).toEqual(new Set([3, 4, 5, 6]));
  const bytes = chance.bytes(5_000);
  expect(Math.max(...bytes)).toBe(255);
  expect(Math.min(...bytes)).toBe(0);
});

test('weights decide how often each is picked, and what weighs nothing never is', () => {
  const chance = createStream(7);
  const weighted = [
    ['often', 3],
    ['never', 0],
    ['seldom', 1],
  ] as const;
  const picked = Array.from({ length: 4_000 }, () => chance.pickWeighted(weighted));
  expect(picked.includes('never')).toBe(false);
  const often = picked.filter((name) => name === 'often').length;
  expect(often).toBeGreaterThan(2_800);
  expect(often).toBeLessThan(3_200);
});
