import { describe, expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { createBoundedOutput } from '#logging/bounded-output.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

/** A reader that takes nothing before the test says so. */
function open(lengthMax = 100) {
  const clock = createTestClock();
  const offered: { text: string; done: (error?: Error | null) => void }[] = [];
  let dropped = 0;
  const output = createBoundedOutput((text, done) => void offered.push({ text, done }), {
    lengthMax,
    clock,
    onDropped(lines) {
      dropped += lines;
    },
    tellGap: (lines) => `(${lines} lines dropped)\n`,
  });
  const write = (from: number, to: number): void => {
    for (let number = from; number <= to; number += 1) output.write(`line ${String(number).padStart(4, '0')}\n`);
  };
  return {
    clock,
    output,
    offered,
    write,
    dropped: () => dropped,
    text: () => offered.map(({ text }) => text).join(''),
  };
}

/** Takes what is offered until nothing more comes. */
function takeAll(log: ReturnType<typeof open>, from = 0): void {
  for (let at = from; at < log.offered.length; at += 1) log.offered[at]?.done();
}

describe('a log whose reader stalls', () => {
  test('keeps the newest lines up to its bound, and counts those that it drops', () => {
    const log = open(100);
    log.write(1, 1_000);
    expect(log.text()).toBe('line 0001\n');
    // Ten lines of ten characters wait; the first is in the reader's hands.
    expect(log.dropped()).toBe(989);
    expect(log.output.takeRest().split('\n').slice(0, 2)).toEqual(['(989 lines dropped)', 'line 0991']);
  });

  test('says how many were dropped, once and in their place, when the reader is back', () => {
    const log = open(100);
    log.write(1, 21);
    takeAll(log);
    log.write(22, 22);
    takeAll(log, 2);
    expect(log.text().split('\n')).toEqual([
      'line 0001',
      '(10 lines dropped)',
      ...Array.from({ length: 11 }, (_, index) => `line ${String(index + 12).padStart(4, '0')}`),
      '',
    ]);
    expect(log.dropped()).toBe(10);
  });

  test('holds up the end of the process no longer than it may', async () => {
    const log = open();
    log.write(1, 3);
    let isOver = false;
    const drained = log.output.drain(2 * second).then(() => {
      isOver = true;
    });
    log.clock.advance(2 * second - 1);
    await Promise.resolve();
    expect(isOver).toBe(false);
    log.clock.advance(1);
    await drained;
  });
});

test('a drain ends once the last line was taken, and at once when nothing waits', async () => {
  const log = open();
  await log.output.drain(minute);
  log.write(1, 2);
  const drained = log.output.drain(minute);
  takeAll(log);
  await drained;
  expect(log.text()).toBe('line 0001\nline 0002\n');
});

test('a reader that refuses, such as a full disk, loses those lines only, and is tried again', async () => {
  const log = open();
  log.write(1, 2);
  log.offered[0]?.done(new Error('ENOSPC'));
  log.write(3, 3);
  expect(log.offered).toHaveLength(1);
  log.clock.advance(second);
  await expect.poll(() => log.offered.length).toBe(2);
  takeAll(log, 1);
  // What was taken of the first may end in the middle of a line.
  expect(log.offered[1]?.text).toBe('\n(1 lines dropped)\nline 0002\nline 0003\n');
  expect(log.dropped()).toBe(1);
});

test('a line longer than the whole buffer is handed on all the same', () => {
  const log = open(100);
  log.write(1, 1);
  log.output.write(`${'x'.repeat(500)}\n`);
  takeAll(log);
  expect(log.text()).toHaveLength(10 + 501);
  expect(log.dropped()).toBe(0);
});
