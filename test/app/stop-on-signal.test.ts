import { expect, test } from 'vitest';
import { createStopHandler, sameRequestMs } from '#app/stop-on-signal.ts';
import { minute } from '#kernel/clock.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

function open(stop: () => Promise<void> = () => new Promise(() => undefined)) {
  const clock = createTestClock();
  const exits: number[] = [];
  const complaints: unknown[] = [];
  let stops = 0;
  const handle = createStopHandler({
    stop() {
      stops += 1;
      return stop();
    },
    stopMaxMs: 25_000,
    exit: (code) => void exits.push(code),
    complain: (what) => void complaints.push(what),
    clock,
    elapsed: () => clock.now(),
  });
  return { clock, handle, exits, complaints, stops: () => stops };
}

test('a signal that arrives twice is one request to stop, which ends with 0', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const process = open(() => promise);
  process.handle('SIGTERM');
  process.clock.advance(sameRequestMs - 1);
  process.handle('SIGTERM');
  process.handle('SIGINT');
  expect(process.exits).toEqual([]);
  resolve();
  await expect.poll(() => process.exits).toEqual([0]);
  expect(process.stops()).toBe(1);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a %s that comes a while after the first ends it at once with %i', (signal, code) => {
  const process = open();
  process.handle('SIGTERM');
  process.clock.advance(sameRequestMs);
  process.handle(signal);
  expect(process.exits).toEqual([code]);
});

test('a stop that takes too long is said, and ends with 1', async () => {
  const process = open();
  process.handle('SIGTERM');
  process.clock.advance(minute);
  await expect.poll(() => process.exits).toEqual([1]);
  expect(process.complaints).toEqual(['not stopped after 25000 ms; leaving the rest to the next start']);
});

test('a stop that fails is said, and ends with 1', async () => {
  const fault = new Error('the disk is gone');
  const process = open(() => Promise.reject(fault));
  process.handle('SIGTERM');
  await expect.poll(() => process.exits).toEqual([1]);
  expect(process.complaints).toEqual([fault]);
});
