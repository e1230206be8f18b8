import type { CaseTx } from './case-store.ts';
import { type RaisedCase, raiseCase, restateCase } from './raise-case.ts';
import { resolveCase } from './resolve-case.ts';

/**
 * Keeps one case for as long as something is so, for a job that looks again and again: raises it, brings it up to date
 * without counting it once more, and ends it when there is nothing to say any more.
 */
export async function keepCase(
  tx: CaseTx,
  kept: Omit<RaisedCase, 'facts'> & { facts: RaisedCase['facts'] | null; over: string },
): Promise<void> {
  const { facts, over, ...about } = kept;
  const { key } = about;
  if (facts === null) await resolveCase(tx, { key, by: over });
  else if (!(await restateCase(tx, { key, facts }))) await raiseCase(tx, { ...about, facts });
}
