import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#db/database/open-database.ts';
import type { OpenDatabase, OpenOptions } from '#db/engine/open-options.ts';

export interface TestDatabase {
  database: OpenDatabase;
  /** The SQLite file, for a second connection or a second process. */
  file: string;
  /** Closes the database and removes its folder. May be called twice. */
  remove(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const folders = new Set<string>();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function createFolder(root = tmpdir()): string {
  const folder = mkdtempSync(join(root, 'tillkeeper-test-'));
  folders.add(folder);
  return folder;
}

// Migrating costs many times what writing the migrated file does, so each worker migrates once and keeps the bytes.
let template: Promise<Buffer> | undefined;
async function migratedBytes(): Promise<Buffer> {
  const folder = createFolder();
  const file = join(folder, 'template.db');
  const database = await openDatabase({ target: { engine: 'sqlite', file } });
  await database.migrate();
  await database.close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
  return bytes;
}

/**
 * A real SQLite file in a temporary folder, migrated. Close it with `remove`, or hold it with `await using`. The folder may
 * lie in memory, unless the test needs a disk.
 */
export async function openTestDatabase(
  options: Omit<OpenOptions, 'target'> & { isOnDisk?: boolean } = {},
): Promise<TestDatabase> {
  const { isOnDisk = false, ...openOptions } = options;
  template ??= migratedBytes();
  const folder = createFolder(isOnDisk ? process.env['DISK_TMPDIR'] : undefined);
  const file = join(folder, 'tillkeeper.db');
  writeFileSync(file, await template);
  const database = await openDatabase({ ...openOptions, target: { engine: 'sqlite', file } });
  const remove = async (): Promise<void> => {
    if (!existsSync(folder)) return;
    await database.close();
    rmSync(folder, { recursive: true, force: true });
    folders.delete(folder);
  };
  return { database, file, remove, [Symbol.asyncDispose]: remove };
}
