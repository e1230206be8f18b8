import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withAddress } from '#db/postgres/programs.ts';
import { runMain } from '#test/support/process/run-main.ts';

test('a program gets the password in a file that only our user can read, which is deleted afterwards', async () => {
  let file = '';
  await withAddress('postgres://till:CANARY%3A%5C%20x@db.example/till?sslmode=require', async (address) => {
    expect(address).not.toContain('CANARY');
    const { searchParams, username, host } = new URL(address);
    expect([username, host, searchParams.get('sslmode')]).toEqual(['till', 'db.example', 'require']);
    file = searchParams.get('passfile') ?? '';
    expect(readFileSync(file, 'utf8')).toBe('*:*:*:*:CANARY\\:\\\\ x\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
  expect(existsSync(file)).toBe(false);
});

test('where PostgreSQL’s programs are missing, a backup says which package has them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-programs-'));
  const environment = { DATABASE_URL: 'postgres://till:CANARY@127.0.0.1:1/till', PATH: '/nowhere' };
  try {
    const copy = join(folder, 'copy.dump');
    const { status, said } = await runMain(['backup', copy], environment);
    expect({ status, said }).toEqual({
      status: 1,
      said: "MaintenanceRefused: pg_dump was not found: install PostgreSQL's client programs (Debian: postgresql-client)\n",
    });
    expect(existsSync(copy)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
