// After a change of the schema: `tools/rt node src/db/schema/generate-migrations.ts NAME` writes the next migration of each
// engine. drizzle-kit cannot write STRICT, so this adds it to every table that a SQLite migration creates; running it
// again changes nothing.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const migrations = join(import.meta.dirname, '../migrations');

export function makeTablesStrict(sqlText: string): string {
  return sqlText.replaceAll(/(create table [^;]*\))(\s*);/gi, '$1 STRICT$2;');
}

function generate(engine: string, name: string): void {
  const command = ['drizzle-kit', 'generate', '--name', name];
  const result = spawnSync('env', [`DATABASE_ENGINE=${engine}`, ...command], { stdio: 'inherit' });
  if (result.status !== 0) throw new Error(`drizzle-kit failed for ${engine}`);
}

if (import.meta.main) {
  const name = process.argv[2];
  if (name === undefined) throw new Error('give the migration a name, for example add_refunds');
  for (const engine of ['sqlite', 'postgres']) generate(engine, name);
  const folder = join(migrations, 'sqlite');
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.sql'))) {
    const path = join(folder, file);
    writeFileSync(path, makeTablesStrict(readFileSync(path, 'utf8')));
  }
}
