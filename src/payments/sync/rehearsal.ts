// A rehearsal is the real verb, run in transactions that are rolled back at their end, so that its forecast cannot
// differ from the real run. Calls to providers are real, because they are made outside of transactions.
import type { Database } from '#kernel/database.ts';
import type { EventLog } from '#kernel/process.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';

/** Rolls a transaction back, and carries its result out. */
class RolledBack extends Error {
  override readonly name = 'RolledBack';
  readonly result: unknown;

  constructor(result: unknown) {
    super('rolled back on purpose');
    this.result = result;
  }
}

const silent = (): void => undefined;
const noLog: EventLog = { info: silent, warn: silent, error: silent };

/** The same dependencies for a rehearsal: it leaves nothing in the database, the log and the metrics. */
export function rehearsalOf({ database, providers, clock, ids }: SnapshotDeps): SnapshotDeps {
  return { database: rollingBack(database), providers, clock, ids, log: noLog };
}

function rollingBack<Stores>(database: Database<Stores>): Database<Stores> {
  return {
    holder: database.holder,
    read: (work) => database.read(work),
    readOneMoment: (work) => database.readOneMoment(work),
    async transaction<Result>(work: (stores: Stores) => Promise<Result>): Promise<Result> {
      try {
        return await database.transaction(async (stores) => {
          throw new RolledBack(await work(stores));
        });
      } catch (error) {
        if (error instanceof RolledBack) return resultOf<Result>(error);
        throw error;
      }
    },
  };
}

/** Transactions do not nest, so what is caught was thrown by this very transaction. */
function resultOf<Result>({ result }: RolledBack): Result {
  return result as Result;
}
