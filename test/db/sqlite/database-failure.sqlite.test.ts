import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isDatabaseFailure } from '#db/engine/database-failure.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { rejectionOf } from '../contract/harness.ts';
import { sampleAudit } from '../contract/samples.ts';

let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase({ lockWaitMaxMs: 20 });
});
afterEach(() => opened.remove());

const write = (id: string) => opened.database.transaction((stores) => stores.audit.record(sampleAudit(id)));

test('a file that another process has locked, and one that was closed, are failures of the database', async () => {
  const other = new Database(opened.file);
  other.exec('begin immediate');
  expect(isDatabaseFailure(await rejectionOf(write('a')))).toBe(true);
  other.close();
  await opened.database.close();
  expect(isDatabaseFailure(await rejectionOf(write('a')))).toBe(true);
});

/** Megabytes. */
const manyRows = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) select i from n';

test.each([
  ['a disk without room', 'pragma max_page_count = 1', `create table filling as ${manyRows}`],
  ['a file that may only be read', 'pragma query_only = 1', 'create table filling (text)'],
])('%s is a failure of the database', (_what, pragma, statement) => {
  const database = new Database(opened.file);
  database.exec(pragma);
  expect(isDatabaseFailure(errorOf(() => database.exec(statement)))).toBe(true);
  database.close();
});

test('what was wrong with the statement or the caller is none', async () => {
  await write('a');
  expect(isDatabaseFailure(await rejectionOf(write('a')))).toBe(false);
  const database = new Database(opened.file);
  expect(isDatabaseFailure(errorOf(() => database.exec('select nothing from nowhere')))).toBe(false);
  database.close();
  for (const error of [new ConcurrentChange(), new TypeError('x is undefined'), 'a text', undefined]) {
    expect(isDatabaseFailure(error)).toBe(false);
  }
});

test('a failure is recognized below what wraps it, and a circle of causes ends', () => {
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  expect(isDatabaseFailure(new Error('order not placed', { cause }))).toBe(true);
  const circle = new Error('round');
  circle.cause = circle;
  expect(isDatabaseFailure(circle)).toBe(false);
});

function errorOf(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
