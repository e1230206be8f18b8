import { describe, expect, test } from 'vitest';
import type { OpenContractDatabase } from '../contract/harness.ts';
import { mayScan, maySort } from './plan-exceptions.ts';
import { plannedQueries } from './planned-queries.ts';
import { claimed, recorded } from './recorded-statements.ts';

export interface Plan {
  /** The steps that read a table, or an index, from end to end. */
  scans: string[];
  /** The steps that sort all rows before the first of them is given. */
  sorts: string[];
}

interface Planner extends AsyncDisposable {
  planOf(text: string): Promise<Plan>;
}

const isKnown = (name: string, exceptions: Readonly<Record<string, string>>): boolean =>
  Object.hasOwn(exceptions, name);

/** A page from the beginning of a list, in the order of its index: the limit ends it. */
function isPage(text: string, { scans, sorts }: Plan): boolean {
  const isWhole = text.includes(' limit ') && !text.includes(' where ');
  return isWhole && sorts.length === 0 && scans.every((scan) => scan.includes(' INDEX '));
}

/** After the contract, which runs nearly every statement in its shapes; a few more are run here. */
export function describePlans(open: OpenContractDatabase, openPlanner: () => Promise<Planner>): void {
  describe('the statements of the stores', () => {
    test('are all run, so that each has its plan looked at', async () => {
      await using opened = await open();
      for (const query of Object.values(plannedQueries)) {
        await opened.database.transaction(query);
      }
      expect([...claimed].filter((name) => !recorded.has(name))).toEqual([]);
    });

    test('find by an index what grows with the orders, and do not sort it', async () => {
      await using planner = await openPlanner();
      const unexpected: string[] = [];
      for (const [name, texts] of recorded) {
        for (const text of texts) {
          // One engine has no such statement, or a list of the query is empty.
          if (text === '' || text.includes(' where false')) continue;
          const plan = await planner.planOf(text);
          const isAllowed = isPage(text, plan) || isKnown(name, mayScan);
          if (plan.scans.length > 0 && !isAllowed) unexpected.push(`${name}: ${plan.scans.join(', ')}`);
          if (plan.sorts.length > 0 && !isKnown(name, maySort)) unexpected.push(`${name}: ${plan.sorts.join(', ')}`);
        }
      }
      expect(unexpected).toEqual([]);
    });
  });
}
