// What runs while nothing happens runs day and night, so its queries are built and prepared once.
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWatches } from '#app/watches.ts';
import { sql, sqliteDriver } from '#db/schema/drizzle.ts';
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

/** The queries that are built while each of the jobs runs once; one that was built for another test of this process is kept. */
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

test('a query that is built in a job is noticed', async () => {
  const [job] = jobs;
  if (job === undefined) throw new Error('there are jobs');
  const db = sqliteDriver().drizzle({ client: new Database(':memory:') });
  const run = async (): Promise<{ one: number }> => ({
    one: db.select({ one: sql`1` }).from(sql`(select 1)`).all().length,
  });
  expect(await buildsOf([{ ...job, run }])).toHaveLength(1);
});

const isFrequent = ({ timing }: Job): boolean => 'everyMs' in timing && timing.everyMs <= minute;

test('the jobs of every minute build no query a second time, in a shop with an open order and an old webhook', async () => {
  const frequent = jobs.filter(isFrequent);
  await storeRequest(fixture, { body: orderBody() });
  const receivedAt = fixture.payments.clock.now() - hour;
  await fixture.db.database.transaction((stores) => stores.inbox.append(sampleEvent('old', { receivedAt })));
  // What a first run stores, within transactions, the next ones only read.
  for (let run = 0; run < 2; run += 1) await buildsOf(frequent);
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
  expect(texts.length).toBeLessThanOrEqual(20);
});
