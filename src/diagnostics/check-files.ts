import { type Stats, statSync } from 'node:fs';
import { okCheck, type SetUpCheck, warningCheck } from '#kernel/set-up-check.ts';

/** Read and write for those who are neither the owner nor of the file's group. */
const othersMask = 0o006;

/** Whether other users of this machine may read what is secret. A file that is not there is not looked at. */
export function checkFiles(files: readonly { name: string; path: string }[]): SetUpCheck[] {
  return files.flatMap(({ name, path }) => {
    const found = lookAt(path);
    return found === undefined ? [] : [judgeFile(name, { path, mode: found.mode })];
  });
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // What this user may not even look at, the check that needs it will say.
    return undefined;
  }
}

export function judgeFile(name: string, { path, mode }: { path: string; mode: number }): SetUpCheck {
  if ((mode & othersMask) === 0) return okCheck(name, 'is kept from other users of this machine');
  const detail = 'every user of this machine may read it';
  return warningCheck(name, { detail, advice: `chmod o-rwx ${path}` });
}
