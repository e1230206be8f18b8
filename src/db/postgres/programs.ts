// PostgreSQL's own programs make and read its backups. They get the password in a file that only the product's user can
// read: every user of the machine sees a command line.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MaintenanceRefused } from '../engine/database-errors.ts';

type Program = 'pg_dump' | 'pg_restore' | 'psql';

/** How many characters of a program's messages are kept: the last ones, which say why it failed. */
const saidMax = 2_000;

/** Runs the program and returns its output. Throws MaintenanceRefused with the program's message, or when it is not installed. */
export async function runProgram(program: Program, words: readonly string[]): Promise<string> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const written: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => written.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-saidMax);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.on('error', (cause) => reject(missing(program, cause)));
  child.on('close', (code) => {
    if (code === 0) resolve();
    else
      reject(
        new MaintenanceRefused(`${program} failed: ${said.trim().replaceAll(/\s+/g, ' ') || `exit code ${code}`}`),
      );
  });
  await promise;
  return Buffer.concat(written).toString('utf8');
}

function missing(program: Program, cause: Error): MaintenanceRefused {
  const isMissing = 'code' in cause && cause.code === 'ENOENT';
  const why = isMissing
    ? "was not found: install PostgreSQL's client programs (Debian: postgresql-client)"
    : cause.message;
  return new MaintenanceRefused(`${program} ${why}`, { cause });
}

/** Calls `work` with the database's address without its password, which is in a file that the address names. */
export async function withAddress<Result>(url: string, work: (address: string) => Promise<Result>): Promise<Result> {
  const address = new URL(url);
  const password = decodeURIComponent(address.password);
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-care-'));
  try {
    if (password !== '') {
      const file = join(folder, 'password');
      const escaped = password.replaceAll(/[\\:]/g, '\\$&');
      writeFileSync(file, `*:*:*:*:${escaped}\n`, { mode: 0o600 });
      address.password = '';
      address.searchParams.set('passfile', file);
    }
    return await work(address.href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
