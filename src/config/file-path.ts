// Paths as people write them: on a command line, and as the address of a SQLite file. What is not understood is refused:
// SQLite would make a new, empty database in a place that nobody meant.

export type FilePath = { path: string } | { fault: string };

const hasDrives = process.platform === 'win32';

/** `file:PATH`, `file:///PATH` and `file://localhost/PATH`; %20 and the like are decoded. */
export function readFileUrl(text: string): FilePath {
  const rest = text.replace(/^file:/i, '').replace(/^\/\/(?:localhost(?=\/))?(?=\/|[a-z]:)/i, '');
  if (rest.startsWith('//'))
    return { fault: 'has a host after file://: write file:./PATH, or file:///PATH for a whole path' };
  if (/[?#]/.test(rest)) return { fault: 'has ? or # in it: write %3F or %23 where it belongs to the path' };
  if (/\$[\w{(]/.test(rest))
    return { fault: 'has $ in it, which only a shell replaces: write %24 for the sign itself' };
  const decoded = decode(rest);
  if (decoded === undefined) return { fault: 'has a % without two hexadecimal digits: write %25 for the sign itself' };
  if (decoded === '' || decoded === ':memory:')
    return { fault: 'names no file: it looks like file:./data/tillkeeper.db' };
  if (/[/\\]$/.test(decoded)) return { fault: 'names a folder: add the name of the file' };
  // file:///C:/shop is the address of C:/shop.
  return readPath(decoded.replace(/^\/(?=[a-z]:)/i, ''));
}

/** A path that this system understands. */
export function readPath(text: string): FilePath {
  if (!hasDrives && /^[a-z]:/i.test(text)) return { fault: 'names a drive of Windows, and this system has none' };
  if (!hasDrives && text.includes('\\')) return { fault: 'has \\ in it: write / between the names of folders' };
  if (/^~(?:\/|$)/.test(text)) return { fault: 'begins with ~, which only a shell replaces: give the whole path' };
  if (/\p{Cc}/u.test(text)) return { fault: 'has a control character in it (in double quotes \\n and \\t mean one)' };
  return { path: text };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
