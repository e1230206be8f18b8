import { describe, expect, test } from 'vitest';
import { hour, minute, second } from '#kernel/clock.ts';
import { owedDelay, retryDelay } from '#messaging/workers/retry-policy.ts';

const fixed = (value: number) => ({ next: () => value, bytes: () => new Uint8Array() });
const policy = { firstDelayMs: 10 * second, delayMaxMs: hour, attemptsMax: 20 };

describe('the wait before the next attempt', () => {
  test.each([
    [0, 5 * second, 10 * second],
    [1, 5 * second, 10 * second],
    [2, 10 * second, 20 * second],
    [3, 20 * second, 40 * second],
    [6, 160 * second, 320 * second],
    [9, 21 * minute + 20 * second, 42 * minute + 40 * second],
    [10, 30 * minute, hour],
    [400, 30 * minute, hour],
  ])('after %i failures is between %i and %i ms', (finishedAttempts, least, most) => {
    expect(retryDelay(policy, { finishedAttempts, random: fixed(0) })).toBe(least);
    expect(retryDelay(policy, { finishedAttempts, random: fixed(1) })).toBe(most);
    expect(retryDelay(policy, { finishedAttempts, random: fixed(0.5) })).toBe((least + most) / 2);
  });
});

describe('the wait of what nobody could be told', () => {
  test.each([
    [0, 30 * second],
    [2 * minute + 1, 30 * second],
    [4 * minute + 2, minute + 1],
    [7 * minute + 999, minute + 45 * second + 250],
    [hour, 15 * minute],
    [50 * hour, 15 * minute],
  ])('after %i ms is %i ms, a whole number', (waitedMs, delayMs) => {
    expect(owedDelay(waitedMs)).toBe(delayMs);
  });
});
