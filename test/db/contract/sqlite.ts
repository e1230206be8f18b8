import BetterSqlite3 from 'better-sqlite3';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import type { ContractDatabase, OpenContractDatabase } from './harness.ts';

export interface SqliteContractDatabase extends ContractDatabase {
  file: string;
}

export const openSqliteContract = async (
  options?: Parameters<OpenContractDatabase>[0] & { isOnDisk?: boolean },
): Promise<SqliteContractDatabase> => {
  const { database, file, remove } = await openTestDatabase(options);
  const withConnection = <Result>(use: (connection: BetterSqlite3.Database) => Result): Result => {
    const connection = new BetterSqlite3(file);
    try {
      return use(connection);
    } finally {
      connection.close();
    }
  };
  return {
    database,
    file,
    raw: async (text) =>
      withConnection((connection) => {
        const statement = connection.prepare<[], Record<string, unknown>>(text);
        if (statement.reader) return statement.all();
        statement.run();
        return [];
      }),
    async breakCommits() {
      withConnection((connection) =>
        connection.exec(`
          create table broken_commits (parent text references orders (id) deferrable initially deferred) strict;
          create trigger break_commit after insert on audit_records when new.action = 'break' begin
            insert into broken_commits values ('no such order');
          end;`),
      );
    },
    [Symbol.asyncDispose]: remove,
  };
};
