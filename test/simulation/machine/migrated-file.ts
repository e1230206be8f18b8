// A database as the product's own migrations leave it, made once in each process of the simulator.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { migrateSqlite } from '#db/sqlite/connections.ts';
import { placeForFiles } from '../run/place-for-files.ts';

let kept: Buffer | undefined;

/** The same bytes for each history. Called before a history begins: the disk watches whatever opens a file during it. */
export function readMigratedFile(): Buffer {
  kept ??= makeMigratedFile();
  return kept;
}

function makeMigratedFile(): Buffer {
  const folder = mkdtempSync(join(placeForFiles(), 'tillkeeper-migrated-'));
  const file = join(folder, 'shop.sqlite');
  try {
    migrateSqlite(file);
    const connection = new BetterSqlite3(file);
    // When it was migrated is the one thing in it that is of the real clock.
    connection.exec('update schema_migrations set applied_at = 0');
    connection.close();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
