import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import { describeOldDigits } from './digits.ts';
import { describeRowsByKey } from './rows-by-key.ts';
import { describeTakeOver, type OldDatabase } from './take-over.ts';

function openOld(): Promise<OldDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-take-over-'));
  const file = join(folder, 'old.db');
  return Promise.resolve({
    run(statements) {
      const old = new Database(file);
      for (const text of statements) old.exec(text);
      old.close();
      return Promise.resolve();
    },
    open: () => openDatabase({ target: { engine: 'sqlite', file } }),
    [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  });
}

describe('cases', () => describeTakeOver('sqlite', openOld));
describe('amounts', () => describeOldDigits('sqlite', openOld));
describe('timelines and messages', () => describeRowsByKey('sqlite', openOld));
