import { type Stats, statSync } from 'node:fs';
import { okCheck, type SetUpCheck, warningCheck } from './set-up-check.ts';

/** Read and write for those who are neither the owner nor of the file's group. */
const othersMask = 0o006;

/** Whether other users of this machine may read what is secret. A file that does not exist is left out. */
export function checkFiles(files: readonly { name: string; path: string }[]): SetUpCheck[] {
  return files.flatMap(({ name, path }) => {
    const found = statOf(path);
    return found === undefined ? [] : [judgeFile(name, { path, mode: found.mode })];
  });
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // The check that needs a file says that this user may not read it.
    return undefined;
  }
}

export function judgeFile(name: string, { path, mode }: { path: string; mode: number }): SetUpCheck {
  if ((mode & othersMask) === 0) return okCheck(name, 'cannot be read by other users of this machine');
  const detail = 'every user of this machine may read it';
  return warningCheck(name, { detail, advice: `chmod o-rwx ${path}` });
}
