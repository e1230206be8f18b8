// Every use of drizzle loads it from here. Loaded as CommonJS it costs about 60 ms and 65 MB of peak memory; as ES modules it costs
// 400 ms and 290 MB, which alone would exceed the limits for cold start and idle memory. The parts of an engine are
// functions, so that the engine that is not used is never loaded.
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export const {
  and,
  asc,
  Column,
  desc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  gte,
  inArray,
  is,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  notExists,
  noopDecoder,
  notInArray,
  or,
  Param,
  Placeholder,
  SQL,
  sql,
} = load('drizzle-orm') as typeof import('drizzle-orm');

export const sqliteCore = (): typeof import('drizzle-orm/sqlite-core') => load('drizzle-orm/sqlite-core');
export const postgresCore = (): typeof import('drizzle-orm/pg-core') => load('drizzle-orm/pg-core');
export const sqliteDriver = (): typeof import('drizzle-orm/better-sqlite3') => load('drizzle-orm/better-sqlite3');
export const postgresDriver = (): typeof import('drizzle-orm/node-postgres') => load('drizzle-orm/node-postgres');
