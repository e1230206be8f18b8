// The bytes of an order: at rest, among all of the large shop, and those that one adds from its webhook until the shop was told.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { openDatabase } from '#db/database/open-database.ts';
import { createRoundDatabase } from '../drain/databases.ts';
import { startOutside } from '../drain/outside.ts';
import type { ProductPlan } from '../drain/product.ts';
import type { HistoryEngine } from '../scale/engines/engine.ts';
import { grown, readSizes, type Size } from './sizes.ts';

export interface FilePlan {
  orders: number;
  seed: string;
  events: number;
  postgres: string | undefined;
}

export interface FileFigures {
  atRest: Size[];
  fromWebhookToEnd: Size[];
}

export async function runFile(engine: HistoryEngine, plan: FilePlan): Promise<FileFigures> {
  const kept = await engine.keep(plan);
  const copy = await kept.copy();
  try {
    return { atRest: await readSizes(copy.query, engine.name), fromWebhookToEnd: await readGrowth(plan) };
  } finally {
    await copy.remove();
  }
}

/** The orders are there before, each with its payment and an open checkout. */
async function readGrowth({ events, postgres }: FilePlan): Promise<Size[]> {
  const database = await createRoundDatabase(postgres);
  const outside = await startOutside();
  try {
    await migrate(database.url);
    const before = await sizesOf(database.url);
    await drain({ databaseUrl: database.url, outsideUrl: outside.url, backlogs: [events], isCounted: false }, (facts) =>
      outside.heard(facts),
    );
    return grown(before, await sizesOf(database.url));
  } finally {
    await outside.stop();
    await database.remove();
  }
}

async function drain(plan: ProductPlan, untilHeard: (facts: number) => Promise<void>): Promise<void> {
  const script = new URL('../drain/product.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, JSON.stringify(plan)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child, 'message'), ended]);
  await Promise.race([untilHeard(plan.backlogs.reduce((sum, events) => sum + events, 0)), ended]);
  child.send('heard');
  const [code] = await ended;
  if (code !== 0) throw new Error(`the product ended with ${code}`);
}

async function migrate(databaseUrl: string): Promise<void> {
  const database = await openDatabase({
    target: databaseUrl.startsWith('file:')
      ? { engine: 'sqlite', file: databaseUrl.slice('file:'.length) }
      : { engine: 'postgres', url: databaseUrl },
  });
  await database.migrate();
  await database.close();
}

async function sizesOf(databaseUrl: string): Promise<Size[]> {
  if (databaseUrl.startsWith('file:')) {
    const connection = new BetterSqlite3(databaseUrl.slice('file:'.length));
    const sizes = await readSizes(async (text) => connection.prepare(text).all(), 'sqlite');
    connection.close();
    return sizes;
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const sizes = await readSizes(async (text) => (await client.query(text)).rows, 'postgres');
  await client.end();
  return sizes;
}
