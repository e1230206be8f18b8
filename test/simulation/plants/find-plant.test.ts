import { expect, test } from 'vitest';
import { findPlant, type RunSeeds, readRun, type SeedsRun } from './find-plant.ts';

/** A simulator whose seeds fail as named, with the plant and without. */
function simulatorOf(failing: { planted: readonly number[]; unplanted: readonly number[] }): RunSeeds {
  return async ({ plant, from, seeds }): Promise<SeedsRun> => {
    const all = plant === null ? failing.unplanted : [...failing.planted, ...failing.unplanted].sort((a, b) => a - b);
    const seed = all.find((one) => one >= from && one < from + seeds);
    return seed === undefined
      ? { kind: 'clean' }
      : { kind: 'violated', seed, invariants: ['3'], text: 'refunded twice' };
  };
}

const asked = { plant: 'some-plant', from: 11, seedsMax: 100 };

test('a plant is found by the first seed that fails of it', async () => {
  const found = await findPlant(simulatorOf({ planted: [17, 20], unplanted: [] }), asked);
  expect(found).toMatchObject({ kind: 'found', seeds: 7, seed: 17, invariants: ['3'] });
});

test('a seed that fails without the plant as well does not count', async () => {
  const found = await findPlant(simulatorOf({ planted: [30], unplanted: [12, 13] }), asked);
  expect(found).toMatchObject({ kind: 'found', seeds: 20, seed: 30 });
});

test('a plant that no seed fails of is missed', async () => {
  expect(await findPlant(simulatorOf({ planted: [111], unplanted: [12] }), asked)).toEqual({
    kind: 'missed',
    seeds: 100,
  });
});

test('a simulator that breaks has found nothing', async () => {
  const broken: SeedsRun = { kind: 'broken', why: 'it ended with 70' };
  expect(await findPlant(async () => broken, asked)).toEqual(broken);
});

test('what the simulator prints is read', () => {
  const line =
    '{"seed":17,"violations":[{"invariant":3,"text":"a"},{"invariant":3,"text":"b"},{"invariant":1,"text":"c"}]}';
  expect(readRun({ status: 0, stdout: '300 seeds\n', stderr: '' })).toEqual({ kind: 'clean' });
  const failing = { seed: 17, invariants: ['3', '1'], text: 'a' };
  expect(readRun({ status: 1, stdout: `seeds 1 to 300\n${line}\n`, stderr: '' })).toEqual({
    kind: 'violated',
    ...failing,
  });
  const unloaded = readRun({ status: 70, stdout: line, stderr: 'one\nError: out of memory\nNode.js\n' });
  expect(unloaded).toEqual({ kind: 'broken', why: 'it ended with 70: Error: out of memory' });
  expect(readRun({ status: 1, stdout: '', stderr: '' })).toEqual({ kind: 'broken', why: 'it ended with 1' });
  expect(readRun({ status: null, stdout: line, stderr: '' })).toEqual({
    kind: 'broken',
    why: 'it did not end in time',
  });
});
