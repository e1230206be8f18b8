import { expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { createTokenBucket } from '#payments/webhooks/token-bucket.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

const takeAll = (take: () => boolean): number => {
  let taken = 0;
  while (taken < 1_000 && take()) taken += 1;
  return taken;
};

test('so many pass at once, then one for each share of a minute, for each key apart', () => {
  const clock = createTestClock();
  const bucket = createTokenBucket(clock, { perMinute: 60 });
  expect(takeAll(() => bucket.take('btcpay'))).toBe(60);
  expect(bucket.take('bitpay')).toBe(true);
  clock.advance(3 * second);
  expect(takeAll(() => bucket.take('btcpay'))).toBe(3);
  clock.advance(10 * minute);
  expect(takeAll(() => bucket.take('btcpay'))).toBe(60);
});

test('a clock that is set back neither gives nor takes', () => {
  const clock = createTestClock();
  const bucket = createTokenBucket(clock, { perMinute: 2 });
  expect(takeAll(() => bucket.take('a'))).toBe(2);
  clock.set(-minute);
  expect(bucket.take('a')).toBe(false);
  clock.advance(minute / 2);
  expect(bucket.take('a')).toBe(true);
});
