// Databases with a history, made once and kept. What is measured is a copy: commands write.
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, readMigrations } from '#db/engine/migrations.ts';
import type { HistoryPlan } from '../history/period.ts';

export interface HistoryEngine {
  readonly name: Engine;
  /** Makes the history, unless it is there. */
  keep(plan: HistoryPlan): Promise<KeptHistory>;
}

export interface KeptHistory {
  /** Null when it was there already. */
  madeInMs: number | null;
  bytes: number;
  copy(): Promise<HistoryCopy>;
}

export interface HistoryCopy {
  databaseUrl: string;
  query(text: string): Promise<unknown[]>;
  /** Changes it; before the product opens it. */
  run(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Names what made it: with another schema, or other stories, it is made anew. */
export function nameOf(engine: Engine, plan: HistoryPlan): { name: string; stem: string } {
  const hash = createHash('sha256');
  for (const { id, sql } of readMigrations(engine)) hash.update(`${id}\n${sql}\n`);
  const makers = join(import.meta.dirname, '../history');
  for (const file of globSync('*.ts', { cwd: makers }).sort()) hash.update(readFileSync(join(makers, file)));
  const stem = `history_${plan.orders}_${plan.seed}_`;
  return { stem, name: `${stem}${hash.digest('hex').slice(0, 12)}` };
}
