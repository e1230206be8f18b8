import { expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { createKeyGuard } from '#server/kit/key-guard.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

const keys = ['the-right-key', 'the-old-key'];

function open() {
  const clock = createTestClock();
  const logged: string[] = [];
  const told: number[] = [];
  let refused = 0;
  const note = (message: string): void => void logged.push(message);
  const guard = createKeyGuard(
    {
      clock,
      log: { info: note, warn: note, error: note },
      onRefused() {
        refused += 1;
      },
      tell: async (count) => void told.push(count),
    },
    'store API',
  );
  const tryWrong = (times: number) => Array.from({ length: times }, () => guard.refuse('wrong', keys)?.status);
  return { clock, guard, logged, told, tryWrong, refused: () => refused };
}

test('of many wrong keys sixty a minute are told that they are wrong, and the others when to come again', () => {
  const door = open();
  const statuses = door.tryWrong(6_400);
  expect(statuses.slice(0, 60)).toEqual(Array(60).fill(401));
  expect(new Set(statuses.slice(60))).toEqual(new Set([429]));
  expect(door.guard.refuse('wrong', keys)?.headers.get('retry-after')).toBe('60');
  door.clock.advance(minute);
  expect(door.tryWrong(1)).toEqual([401]);
});

test('a right key passes in the middle of it', () => {
  const door = open();
  door.tryWrong(6_400);
  for (const key of keys) expect(door.guard.refuse(key, keys)).toBeUndefined();
});

test('every wrong key is counted, and a burst is one line of the log', () => {
  const door = open();
  door.tryWrong(1_000);
  door.clock.advance(minute - 1);
  door.tryWrong(1_000);
  expect({ logged: door.logged, refused: door.refused() }).toEqual({ logged: ['wrong key refused'], refused: 2_000 });
  door.clock.advance(minute);
  door.tryWrong(1);
  expect(door.logged).toEqual(['wrong key refused', 'wrong key refused']);
});

test('a few wrong keys are nobody’s case; more are told of, once a minute while they come', () => {
  const door = open();
  door.tryWrong(30);
  expect(door.told).toEqual([]);
  door.tryWrong(100);
  expect(door.told).toEqual([31]);
  for (let half = 0; half < 4; half += 1) {
    door.clock.advance(30 * second);
    door.tryWrong(10);
  }
  expect(door.told).toEqual([31, 141, 161]);
});

test('what cannot be told is logged, and refused all the same', async () => {
  const door = open();
  const guard = createKeyGuard(
    {
      clock: door.clock,
      log: { info: () => undefined, warn: () => undefined, error: (message) => void door.logged.push(message) },
      onRefused: () => undefined,
      tell: () => Promise.reject(new Error('the disk is full')),
    },
    'metrics',
  );
  for (let count = 0; count < 31; count += 1) expect(guard.refuse('wrong', keys)?.status).toBe(401);
  await expect.poll(() => door.logged).toEqual(['wrong keys not told of']);
});
