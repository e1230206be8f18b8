import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const ramDisk = '/dev/shm';
/** All that the tests of two workers keep at once; a container's default of 64 MiB is too little. */
const bytesMin = 512 * 1024 ** 2;

/**
 * The environment in which temporary files lie in memory, where the system has room there: a commit that waits for no disk
 * is several times faster. What is said of a disk is tested on one, in `DISK_TMPDIR`.
 */
export function ramDiskEnvironment(): Record<string, string> {
  return hasRoom() ? { TMPDIR: ramDisk, DISK_TMPDIR: tmpdir() } : { DISK_TMPDIR: tmpdir() };
}

function hasRoom(): boolean {
  try {
    accessSync(ramDisk, constants.W_OK);
    const { bavail, bsize } = statfsSync(ramDisk);
    return bavail * bsize >= bytesMin;
  } catch {
    return false;
  }
}
