// A new file has a temporary name in the same folder until it is complete, checked and on disk; only then it gets its name.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { MaintenanceRefused } from './database-errors.ts';

/** `write` makes and checks the file at the given path; when it throws, the file is deleted. */
export async function placeNewFile<Result>(target: string, write: (part: string) => Promise<Result>): Promise<Result> {
  const part = `${target}.part-${process.pid}`;
  rmSync(part, { force: true });
  try {
    const result = await write(part);
    flush(part);
    renameSync(part, target);
    flush(dirname(target));
    return result;
  } finally {
    rmSync(part, { force: true });
  }
}

export function refuseExisting(target: string, mayReplace: boolean): void {
  if (mayReplace || !existsSync(target)) return;
  throw new MaintenanceRefused(`${target} exists already: give another name, or add --force to replace it`);
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** For the names of files: 20261125T081500Z. */
export function timeStamp(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
