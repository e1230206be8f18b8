// What the checks say of workers that claim nothing, by a clock that stands still for hours.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createChecks } from '#app/health.ts';
import type { Workers } from '#app/workers.ts';
import { hour, minute, second } from '#kernel/clock.ts';
import { createAwakeTime } from '#kernel/process.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(() => opened.remove());

function openScene() {
  const clock = createTestClock();
  const awake = createAwakeTime(clock);
  let claimedAt = clock.now();
  const worker = { lastClaimAt: () => claimedAt } as Workers['inbox'];
  const providers = { list: () => [], find: () => undefined, health: () => undefined };
  const workers = { inbox: worker, outbox: [] };
  const checks = createChecks({ database: opened.database, clock, awake, providers, workers, bots: [] });
  const inbox = checks.find(({ name }) => name === 'inbox');
  return {
    clock,
    inbox: () => inbox?.check(),
    claim() {
      claimedAt = clock.now();
    },
    pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 2 * second) {
        clock.advance(2 * second);
        awake.elapsed();
      }
    },
  };
}

test('a worker that has claimed nothing for minutes hangs', async () => {
  const scene = openScene();
  scene.pass(4 * minute);
  expect(await scene.inbox()).toMatchObject({ ok: true });
  scene.pass(2 * minute);
  expect(await scene.inbox()).toEqual({ ok: false, detail: '0 waiting, silent workers: 1' });
});

test('a process that stood still is ready: its workers have had no time to claim', async () => {
  const scene = openScene();
  scene.pass(hour);
  scene.claim();
  scene.clock.advance(8 * hour);
  expect(await scene.inbox()).toMatchObject({ ok: true });
  scene.pass(6 * minute);
  expect(await scene.inbox()).toMatchObject({ ok: false });
});
