import Database from 'better-sqlite3';
import { sqliteKit } from '#db/schema/kit.ts';
import { keepStatements } from '#db/sqlite/kept-statements.ts';
import { createSqliteSession } from '#db/sqlite/sqlite-session.ts';
import { describeCompiled } from './describe-compiled.ts';

const nothing = (): void => undefined;

describeCompiled(async () => {
  const connection = new Database(':memory:');
  return {
    session: createSqliteSession(keepStatements(connection), { requireOpen: nothing, noteDue: nothing }),
    kit: sqliteKit(),
    types: { integer: 'integer', boolean: 'integer', json: 'text', bytes: 'blob' },
    async raw(text) {
      const statement = connection.prepare<[], Record<string, unknown>>(text);
      if (statement.reader) return statement.all();
      statement.run();
      return [];
    },
    [Symbol.asyncDispose]: async () => void connection.close(),
  };
});
