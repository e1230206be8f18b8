// The files that this process has open, as the operating system lists them; none where it does not.
import { existsSync, readdirSync, readlinkSync } from 'node:fs';

const folder = '/proc/self/fd';

export function listOpenFiles(): { descriptor: number; path: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((descriptor) => {
    const path = pathOf(descriptor);
    return path === undefined ? [] : [{ descriptor: Number(descriptor), path }];
  });
}

function pathOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`${folder}/${descriptor}`);
  } catch {
    // The descriptor of the listing itself is closed by now.
    return undefined;
  }
}
