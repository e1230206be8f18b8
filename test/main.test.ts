import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillkeeper-main-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...words: string[]) {
  const env = { PATH: process.env['PATH'] };
  const { status, stderr } = spawnSync(process.execPath, [main, ...words], { cwd: folder, env, encoding: 'utf8' });
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

test('an unknown command is told the known ones, and ends with 64', () => {
  expect(run('dance')).toEqual({ status: 64, lines: ['usage: main.ts start | migrate'] });
});
