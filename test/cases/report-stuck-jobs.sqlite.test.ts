import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { reportStuckJobs } from '#cases/report-stuck-jobs.ts';
import { minute } from '#kernel/clock.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestDeps, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
beforeEach(async () => {
  opened = await openTestDatabase();
  deps = createTestDeps(opened.database);
});
afterEach(() => opened.remove());

const found = (): Promise<Case[]> => opened.database.read((stores) => stores.cases.listCasesByKeys(['jobs_stuck']));
const prune = { name: 'prune', reason: 'prune: TypeError: broken' };
const poll = { name: 'poll-payments', reason: 'poll-payments stands still' };

test('jobs that do not run are one case that names them, is not counted at every look, and ends when all run', async () => {
  expect(await reportStuckJobs(deps, [])).toEqual({ stuck: 0 });
  expect(await found()).toEqual([]);
  expect(await reportStuckJobs(deps, [prune])).toEqual({ stuck: 1 });
  expect(await found()).toMatchObject([
    { status: 'open', severity: 'critical', facts: { headline: 'A job does not run', why: prune.reason } },
  ]);
  await reportStuckJobs(deps, [poll, prune]);
  await reportStuckJobs(deps, [poll, prune]);
  const [both] = await found();
  expect(both).toMatchObject({
    occurrences: 1,
    version: 2,
    facts: { headline: '2 jobs do not run', why: poll.reason },
  });
  expect(both?.facts.detail).toContain('poll-payments, prune.');
  deps.clock.advance(15 * minute);
  await reportStuckJobs(deps, []);
  expect(await found()).toMatchObject([
    { status: 'resolved', resolution: 'by_itself', outcome: 'Every job runs again.' },
  ]);
});

test('a process that knows of no such job yet, or another one, ends no case while a job was stuck minutes ago', async () => {
  for (let look = 0; look < 30; look += 1) {
    await reportStuckJobs(deps, [prune]);
    // A process of the same database, or this one just started.
    await reportStuckJobs(deps, []);
    deps.clock.advance(minute);
  }
  expect(await found()).toMatchObject([{ status: 'open', occurrences: 1 }]);
  deps.clock.advance(15 * minute);
  await reportStuckJobs(deps, []);
  expect(await found()).toMatchObject([{ status: 'resolved', outcome: 'Every job runs again.' }]);
});
