import { constants, copyFileSync, existsSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { type HistoryCopy, type HistoryEngine, nameOf } from './engine.ts';
import { makeSqliteHistory } from './sqlite-file.ts';

/** Histories are files in the folder. */
export function createSqliteEngine(folder: string): HistoryEngine {
  return {
    name: 'sqlite',
    async keep(plan) {
      mkdirSync(folder, { recursive: true });
      const { name, stem } = nameOf('sqlite', plan);
      const file = join(folder, `${name}.db`);
      const isThere = existsSync(file);
      const startedAt = performance.now();
      if (!isThere) {
        for (const former of globSync(`${stem}*`, { cwd: folder })) rmSync(join(folder, former));
        await makeSqliteHistory(plan, file);
      }
      const madeInMs = isThere ? null : performance.now() - startedAt;
      return { madeInMs, bytes: statSync(file).size, copy: async () => copyOf(file) };
    },
  };
}

function copyOf(file: string): HistoryCopy {
  const copy = file.replace(/\.db$/, '-in-use.db');
  const remove = (): void => {
    for (const end of ['', '-wal', '-shm', '-claim', '-claim-journal']) rmSync(copy + end, { force: true });
  };
  remove();
  copyFileSync(file, copy, constants.COPYFILE_FICLONE);
  return {
    databaseUrl: `file:${copy}`,
    async query(text) {
      const connection = new BetterSqlite3(copy, { readonly: true });
      try {
        return connection.prepare(text).all();
      } finally {
        connection.close();
      }
    },
    async run(text) {
      const connection = new BetterSqlite3(copy);
      try {
        connection.exec(text);
      } finally {
        connection.close();
      }
    },
    remove: async () => remove(),
  };
}
