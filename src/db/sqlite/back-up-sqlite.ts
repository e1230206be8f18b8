import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { MaintenanceRefused } from '../engine/database-errors.ts';
import { placeNewFile, refuseExisting } from '../engine/new-file.ts';
import { copySqlite, verifySqlite } from './copy-sqlite.ts';

export interface Backup {
  file: string;
  bytes: number;
}

/** Makes a copy, and checks all of it before it gets its name. Works while the product runs, and locks nothing. */
export async function backUpSqlite(input: { file: string; target: string; mayReplace: boolean }): Promise<Backup> {
  const file = resolve(input.file);
  const target = resolve(input.target);
  if (!existsSync(file)) throw new MaintenanceRefused(`${file}, which DATABASE_URL names, does not exist`);
  if (isSame(file, target)) throw new MaintenanceRefused(`${target} is the database itself`);
  refuseExisting(target, input.mayReplace);
  await placeNewFile(target, async (part) => {
    await copySqlite(file, part);
    verifySqlite(part, 'the copy');
  });
  return { file: target, bytes: statSync(target).size };
}

/** Whether the target is the database's file, by whatever name, or its log or index. */
function isSame(file: string, target: string): boolean {
  if ([file, `${file}-wal`, `${file}-shm`].includes(target)) return true;
  if (!existsSync(target)) return false;
  const [left, right] = [statSync(file), statSync(target)];
  return left.ino === right.ino && left.dev === right.dev;
}
