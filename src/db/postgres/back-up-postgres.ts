import { chmodSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { MaintenanceRefused } from '../engine/database-errors.ts';
import { placeNewFile, refuseExisting } from '../engine/new-file.ts';
import type { Backup } from '../sqlite/back-up-sqlite.ts';
import { runProgram, withAddress } from './programs.ts';

/** Makes a backup with pg_dump, which reads one snapshot however busy the database is. */
export async function backUpPostgres(input: { url: string; target: string; mayReplace: boolean }): Promise<Backup> {
  const target = resolve(input.target);
  refuseExisting(target, input.mayReplace);
  await placeNewFile(target, async (part) => {
    await dump(input.url, part);
    await verifyDump(part, 'the backup');
  });
  return { file: target, bytes: statSync(target).size };
}

export async function dump(url: string, file: string): Promise<void> {
  const options = ['--format=custom', '--no-owner', '--no-privileges', `--file=${file}`];
  await withAddress(url, (address) => runProgram('pg_dump', [...options, `--dbname=${address}`]));
  chmodSync(file, 0o600);
}

/** Reads the dump's table of contents. Throws MaintenanceRefused when it is not a backup of this product. */
export async function verifyDump(file: string, name: string): Promise<void> {
  const contents = await runProgram('pg_restore', ['--list', file]);
  if (/TABLE DATA \S+ schema_migrations\b/.test(contents)) return;
  throw new MaintenanceRefused(`${name} is not a database of Tillkeeper`);
}
