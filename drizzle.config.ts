// Read by drizzle-kit through src/db/schema/generate-migrations.ts, which sets DATABASE_ENGINE and makes SQLite's tables STRICT.
import { defineConfig } from 'drizzle-kit';

const engine = process.env['DATABASE_ENGINE'] === 'postgres' ? 'postgres' : 'sqlite';

export default defineConfig({
  dialect: engine === 'postgres' ? 'postgresql' : 'sqlite',
  schema: './drizzle.tables.cjs',
  out: `./src/db/migrations/${engine}`,
});
