// What runs while nothing happens runs day and night, so its queries are built and prepared once.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWatches } from '#app/watches.ts';
import { sqliteDriver } from '#db/schema/drizzle.ts';
import { createJobs, type Job } from '#jobs/jobs.ts';
import { hour, minute } from '#kernel/clock.ts';
import { alwaysAwake } from '#kernel/process.ts';
import { sampleEvent } from '#test/db/contract/samples.ts';
import { openServerFixture, orderBody, type ServerFixture, storeRequest } from '#test/server/support/server-fixture.ts';
import { countStatements } from '#test/support/database/count-statements.ts';

let fixture: ServerFixture;
let jobs: Job[];
const signal = new AbortController().signal;
const { BetterSQLiteSession } = sqliteDriver();

beforeEach(async () => {
  fixture = await openServerFixture();
  const { payments } = fixture;
  jobs = createJobs({
    payments,
    ...createWatches(payments, { awake: alwaysAwake(payments.clock), ending: signal }),
    timeZone: 'UTC',
    stuckJobs: () => [],
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fixture.close();
});

/** The queries that are built while each of the jobs runs once. */
async function buildsOf(each: readonly Job[]): Promise<string[]> {
  const build = vi.spyOn(BetterSQLiteSession.prototype, 'prepareQuery');
  const built: string[] = [];
  for (const job of each) {
    build.mockClear();
    await job.run(signal);
    built.push(...build.mock.calls.map(([query]) => `${job.name}: ${query.sql}`));
  }
  build.mockRestore();
  return built;
}

const isFrequent = ({ timing }: Job): boolean => 'everyMs' in timing && timing.everyMs <= minute;

test('the jobs of every minute build no query a second time, in a shop with an open order and an old webhook', async () => {
  const frequent = jobs.filter(isFrequent);
  await storeRequest(fixture, { body: orderBody() });
  const receivedAt = fixture.payments.clock.now() - hour;
  await fixture.db.database.transaction((stores) => stores.inbox.append(sampleEvent('old', { receivedAt })));
  expect(await buildsOf(frequent)).not.toEqual([]);
  // What a first run stores, within transactions, the next ones only read.
  await buildsOf(frequent);
  expect(await buildsOf(frequent)).toEqual([]);
});

test('a round of them asks as little of the database for five providers as for one, and stores nothing', async () => {
  const frequent = jobs.filter(isFrequent);
  for (const job of frequent) await job.run(signal);
  expect(fixture.payments.providers.list()).toHaveLength(5);
  const { texts, transactions } = await countStatements(async () => {
    for (const job of frequent) await job.run(signal);
  });
  expect(transactions).toBe(0);
  expect(texts.length).toBeLessThanOrEqual(18);
});
