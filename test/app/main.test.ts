import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillkeeper-main-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(word: string, settings: Record<string, string> = {}) {
  const env = { PATH: process.env['PATH'], ...settings };
  const { status, stderr } = spawnSync(process.execPath, [main, word], { cwd: folder, env, encoding: 'utf8' });
  return { status, lines: stderr.trim().split('\n') };
}

test('a start without settings names each one that is missing, and ends with 78', () => {
  expect(run('start')).toEqual({ status: 78, lines: ['TELEGRAM_BOT_TOKEN is required', 'OWNER_IDS is required'] });
});

test('a .env that cannot be read is one line and 78 too', () => {
  mkdirSync(join(folder, '.env'));
  const { status, lines } = run('start');
  expect(status).toBe(78);
  expect(lines).toEqual([expect.stringMatching(/^\.env cannot be read \([A-Za-z_ ]+\)$/)]);
});

test.each(['dance', 'constructor', '__proto__'])(
  'the unknown command %s lists the known ones, and ends with 64',
  (word) => {
    expect(run(word)).toEqual({ status: 64, lines: ['usage: main.ts start | migrate | doctor | backup | restore'] });
  },
);

test('a database that cannot be used is named by its setting, whatever opens it', () => {
  writeFileSync(join(folder, 'letter.db'), 'Dear shop, this is not a database at all.');
  const settings = { DATABASE_URL: 'file:letter.db', TELEGRAM_BOT_TOKEN: `1:${'a'.repeat(35)}`, OWNER_IDS: '1' };
  for (const word of ['start', 'migrate']) {
    expect(run(word, settings)).toEqual({
      status: 1,
      lines: ['DatabaseUnusable: the database that DATABASE_URL names cannot be used: file is not a database'],
    });
  }
});
