import { expect, test } from 'vitest';
import { createRest } from './rest.ts';
import { createTimeline } from './timeline.ts';

const minute = 60_000;

function open() {
  const timeline = createTimeline();
  const ended: [string, number][] = [];
  const note = (what: string) => () => void ended.push([what, timeline.now()]);
  return { timeline, rest: createRest(timeline), ended, note };
}

test('while something happens, waits and time-outs are as long as they were asked to be', async () => {
  const { timeline, rest, ended, note } = open();
  rest.hold(30_000, note('poll'));
  rest.guard(50_000, note('time-out'));
  await timeline.runUntil(minute);
  expect(ended).toEqual([
    ['poll', 30_000],
    ['time-out', 50_000],
  ]);
});

test('at rest a poll lasts until something comes, and its time-out leaves it the time to hear of it', async () => {
  const { timeline, rest, ended, note } = open();
  await timeline.runUntil(10 * minute);
  rest.hold(30_000, note('poll'));
  rest.guard(50_000, note('time-out'));
  rest.guard(20_000, note('short time-out'));
  await timeline.runUntil(15 * minute);
  expect(ended).toEqual([['short time-out', 10 * minute + 20_000]]);
  rest.stir();
  await timeline.runUntil(16 * minute);
  expect(ended.slice(1)).toEqual([
    ['poll', 15 * minute],
    ['time-out', 15 * minute + 5_000],
  ]);
});

test('what comes before a wait is over leaves it as long as it was asked to be', async () => {
  const { timeline, rest, ended, note } = open();
  await timeline.runUntil(10 * minute);
  rest.hold(30_000, note('poll'));
  await timeline.runUntil(10 * minute + 10_000);
  rest.stir();
  await timeline.runUntil(11 * minute);
  expect(ended).toEqual([['poll', 10 * minute + 30_000]]);
});

test('a wait that nothing ends is over before its time-out, and one that is called off never ends', async () => {
  const { timeline, rest, ended, note } = open();
  await timeline.runUntil(10 * minute);
  rest.hold(30_000, note('poll'));
  const cancel = rest.guard(50_000, note('called off'));
  rest.guard(50_000, note('time-out'));
  cancel();
  rest.stir();
  await timeline.runUntil(12 * minute);
  rest.hold(30_000, note('next poll'));
  rest.guard(50_000, note('next time-out'));
  await timeline.runUntil(60 * minute);
  expect(ended.map(([what]) => what)).toEqual(['poll', 'time-out', 'next poll', 'next time-out']);
});
