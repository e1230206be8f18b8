import Database from 'better-sqlite3';
import { vi } from 'vitest';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { describeContract } from '../contract/everything.ts';
import { openSqliteContract } from '../contract/sqlite.ts';
import { describePlans } from './describe-plans.ts';

vi.mock(import('#db/query/statements.ts'), async (load) => {
  const { recording } = await import('./recorded-statements.ts');
  const real = await load();
  return { ...real, createStatements: recording(real.createStatements) };
});

/** One row of no table, and indexes that have nothing but rows not yet processed, leased, or without their amount. */
const small = /^SCAN (?:CONSTANT ROW|once|\w+ USING (?:COVERING )?INDEX \w+_(?:due|abandoned|leased|uncounted))$/;

describeContract(openSqliteContract);

describePlans(openSqliteContract, async () => {
  const opened = await openTestDatabase();
  const connection = new Database(opened.file, { readonly: true });
  return {
    async planOf(text) {
      const values = Array.from(text.matchAll(/\?/g), () => 1);
      const steps = connection.prepare<unknown[], { detail: string }>(`explain query plan ${text}`).all(...values);
      const details = steps.map((step) => step.detail);
      return {
        scans: details.filter((detail) => detail.startsWith('SCAN') && !small.test(detail)),
        sorts: details.filter((detail) => /TEMP B-TREE FOR ORDER BY/.test(detail)),
      };
    },
    async [Symbol.asyncDispose]() {
      connection.close();
      await opened.remove();
    },
  };
});
