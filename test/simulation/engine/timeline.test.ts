import { expect, test } from 'vitest';
import { createTimeline } from './timeline.ts';

test('what is planned happens in the order of its moments, and of its planning within one moment', async () => {
  const timeline = createTimeline();
  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(`${name} at ${timeline.now()}`);
  timeline.after(30, note('third'));
  timeline.after(10, note('first'));
  timeline.after(10, note('second'));
  await timeline.runUntil(20);
  expect(seen).toEqual(['first at 10', 'second at 10']);
  expect(timeline.now()).toBe(20);
  await timeline.runUntil(100);
  expect(seen).toEqual(['first at 10', 'second at 10', 'third at 30']);
  expect(timeline.now()).toBe(100);
});

test('what a moment sets off ends before the next moment, however many turns it takes', async () => {
  const timeline = createTimeline();
  const seen: string[] = [];
  timeline.after(10, () => {
    void (async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      seen.push(`work done at ${timeline.now()}`);
    })();
  });
  timeline.after(11, () => void seen.push('next'));
  await timeline.runUntil(50);
  expect(seen).toEqual(['work done at 10', 'next']);
});

test('what was called off does not happen, also within its own moment', async () => {
  const timeline = createTimeline();
  const seen: string[] = [];
  timeline.after(10, () => cancel());
  const cancel = timeline.after(10, () => void seen.push('cancelled'));
  timeline.after(10, () => void seen.push('kept'));
  await timeline.runUntil(50);
  expect(seen).toEqual(['kept']);
});

test('hundreds of moments come in order', async () => {
  const timeline = createTimeline();
  const seen: number[] = [];
  for (let index = 0; index < 500; index += 1) {
    const at = (index * 7_919) % 1_009;
    timeline.after(at, () => void seen.push(at));
  }
  await timeline.runUntil(2_000);
  expect(seen).toEqual([...seen].sort((left, right) => left - right));
  expect(seen).toHaveLength(500);
});

test('ends early when it is over', async () => {
  const timeline = createTimeline();
  const seen: number[] = [];
  for (let at = 1; at <= 10; at += 1) timeline.after(at, () => void seen.push(at));
  await timeline.runUntil(100, () => seen.length === 3);
  expect(seen).toEqual([1, 2, 3]);
  expect(timeline.now()).toBe(3);
});

test('of one moment, what is late comes in the order in which it was due', async () => {
  const timeline = createTimeline();
  const seen: string[] = [];
  timeline.after(60, () => void seen.push('on time'));
  timeline.after(60, () => void seen.push('late by 10'), 50);
  timeline.after(60, () => void seen.push('late by 50'), 10);
  await timeline.runUntil(100);
  expect(seen).toEqual(['late by 50', 'late by 10', 'on time']);
});
