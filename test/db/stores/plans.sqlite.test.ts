// The queries that run by themselves, many times a minute, must not walk through what is over: on SQLite they would stop
// the whole process for as long.
import Database from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { plannedQueries, unsorted } from './planned-queries.ts';

afterEach(() => vi.restoreAllMocks());

/** What may be walked from end to end: one row of no table, what matches in the full-text index, the newest subscriptions as
 * far as a limit reaches, and indexes of rows that are not processed, or that are leased. */
const small =
  /^SCAN (?:CONSTANT ROW|once|order_trigrams VIRTUAL TABLE INDEX \d+:\S*M\d\S*|\w+ USING (?:COVERING )?INDEX \w+_(?:due|abandoned|leased)|channel_subscriptions USING COVERING INDEX channel_subscriptions_by_time)$/;

test.for(Object.entries(plannedQueries))(
  '%s: found by an index, without walking through a table',
  async ([name, query]) => {
    await using opened = await openTestDatabase();
    const prepare = vi.spyOn(Database.prototype, 'prepare');
    await opened.database.transaction(query);
    const statements = prepare.mock.calls.map(([text]) => text);
    vi.restoreAllMocks();
    expect(statements).not.toEqual([]);
    const connection = new Database(opened.file, { readonly: true });
    const plan = statements.flatMap((text) => {
      const values = Array.from(text.matchAll(/\?/g), () => 1);
      return connection.prepare<unknown[], { detail: string }>(`explain query plan ${text}`).all(...values);
    });
    connection.close();
    const walks = plan.map((step) => step.detail).filter((detail) => detail.startsWith('SCAN'));
    expect(walks.filter((detail) => !small.test(detail))).toEqual([]);
    if (unsorted.test(name)) expect(plan.filter((step) => step.detail.includes('TEMP B-TREE'))).toEqual([]);
  },
);
