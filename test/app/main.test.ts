import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

function run(words: string | string[], settings: Record<string, string> = {}) {
  const { status, lines } = runWhole(words, settings);
  return { status, lines };
}

function runWhole(words: string | string[], settings: Record<string, string> = {}) {
  const env = { PATH: process.env['PATH'], ...settings };
  const all = [main, ...[words].flat()];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd: folder, env, encoding: 'utf8' });
  return { status, lines: stderr.trim().split('\n'), output: stdout };
}

test('a start without settings names each one that is missing, and ends with 78', () => {
  const { status, lines } = run('start');
  expect({ status, lines: lines.slice(0, 2) }).toEqual({
    status: 78,
    lines: ['TELEGRAM_BOT_TOKEN is required', 'OWNER_IDS is required'],
  });
});

test('a start with nothing set says where the example of all settings is; with a .env it does not', () => {
  const [, , hint = '', ...more] = run('start').lines;
  const named = /^there is no \.env in \S+: copy (\S+\/\.env\.example) to it and fill it in$/.exec(hint)?.[1] ?? '';
  expect(existsSync(named)).toBe(true);
  expect(more).toEqual([]);
  writeFileSync(join(folder, '.env'), 'OWNER_IDS=1\n');
  expect(run('start')).toMatchObject({ status: 78, lines: ['TELEGRAM_BOT_TOKEN is required'] });
});

test.each(['--help', 'backup --help'])('%s explains every command, whatever is set, and ends with 0', (text) => {
  writeFileSync(join(folder, '.env'), Buffer.from('OWNER_IDS=1\n', 'utf16le'));
  const { status, lines, output } = runWhole(text.split(' '));
  expect({ status, lines }).toEqual({ status: 0, lines: [''] });
  for (const command of ['start', 'migrate', 'doctor', 'backup FILE', 'restore FILE'])
    expect(output).toContain(`  ${command} `);
  expect(output).toContain('.env.example');
});

test.each(['start', 'migrate'])('%s with a word that it does not know begins nothing, and ends with 64', (word) => {
  expect(run([word, '--prot=80'])).toEqual({ status: 64, lines: [`usage: main.ts ${word}`] });
});

test('a .env that cannot be read is one line and 78 too', () => {
  mkdirSync(join(folder, '.env'));
  const { status, lines } = run('start');
  expect(status).toBe(78);
  expect(lines).toEqual([expect.stringMatching(/^\.env cannot be read \([A-Za-z_ ]+\)$/)]);
});

test('a line of .env that is written as in YAML is refused, by its number and without its value', () => {
  writeFileSync(join(folder, '.env'), 'OWNER_IDS=1\n# NOTE: none\r\nDATABASE_URL: file:./canary.db\n');
  const reason = '.env line 3 has a colon where = belongs: nothing of it would be read';
  expect(run('migrate')).toMatchObject({ status: 78, lines: [reason] });
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

test('a .env from Windows is read by its mark, with its line ends: its first setting counts as the others do', () => {
  const text = (name: string) => `DATABASE_URL="file:./my%20shop/${name}.db"\r\nLOG_LEVEL=info\r\n`;
  const contents = {
    marked: `\ufeff${text('marked')}`,
    wide: Buffer.from([0xff, 0xfe, ...Buffer.from(text('wide'), 'utf16le')]),
  };
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(join(folder, '.env'), content);
    expect(run('migrate')).toMatchObject({ status: 0 });
    expect(existsSync(join(folder, 'my shop', `${name}.db`))).toBe(true);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  }
});

test('a .env that cannot be read without guessing is refused with the reason, and so is one under a wrong name', () => {
  writeFileSync(join(folder, '.env'), Buffer.from('OWNER_IDS=1\n', 'utf16le'));
  const reason = '.env looks like UTF-16 without a byte order mark: save it as UTF-8';
  expect(run('migrate')).toMatchObject({ status: 78, lines: [reason] });
  rmSync(join(folder, '.env'));
  writeFileSync(join(folder, '.env.txt'), 'OWNER_IDS=1\n');
  expect(run('migrate')).toMatchObject({ status: 78, lines: ['.env.txt is not read: name it .env'] });
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

test('a secret file in UTF-16 is read by its mark, and one with an unseen character is refused', () => {
  const file = join(folder, 'token');
  const settings = { TELEGRAM_BOT_TOKEN_FILE: file, OWNER_IDS: '1', DATABASE_URL: 'file:letter.db' };
  writeFileSync(join(folder, 'letter.db'), 'Dear shop, this is not a database at all.');
  const token = `1:${'a'.repeat(35)}`;
  writeFileSync(file, Buffer.from([0xff, 0xfe, ...Buffer.from(`${token}\r\n`, 'utf16le')]));
  expect(run('start', settings)).toMatchObject({ status: 1, lines: [expect.stringContaining('DatabaseUnusable')] });
  writeFileSync(file, `${token}\u200b\r\n`);
  const reason = 'has a character that cannot be seen (U+200B, at place 38): remove it, or type the value anew';
  expect(run('start', settings)).toMatchObject({
    status: 78,
    lines: [`TELEGRAM_BOT_TOKEN_FILE names a file that ${reason}`],
  });
});

test('a file that is named as Windows or a browser names it is understood, or refused before anything is made', () => {
  const settings = { DATABASE_URL: 'file:a.db' };
  expect(run('migrate', settings)).toMatchObject({ status: 0 });
  const copy = join(folder, 'my copy.db');
  expect(run(['backup', `file://localhost${copy.replace(' ', '%20')}`], settings)).toMatchObject({ status: 0 });
  expect(existsSync(copy)).toBe(true);
  for (const word of ['backup', 'restore']) {
    expect(run([word, 'C:\\copies\\a.db'], settings)).toMatchObject({
      status: 64,
      lines: ['FILE names a drive of Windows, and this system has none'],
    });
  }
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
