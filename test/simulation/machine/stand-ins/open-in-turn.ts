// The product's database, on either engine, with its work in turn, and none for a process that has ended.
import { openDatabase as open } from '#db/database/open-database.ts';
import type { OpenDatabase, OpenOptions } from '#db/engine/open-options.ts';
import { type Milliseconds, second } from '#kernel/clock.ts';
import { never } from '../../engine/never.ts';
import { diskUser, ProcessEnded } from '../disk.ts';
import { createInTurn } from '../in-turn.ts';

/** A process that is not found so often is dead; what it had in hand is free from the next start on, as it is on SQLite. */
const looks = 8;
/** As in `recovery.ts`. */
const repeatedAfterMs: Milliseconds = 10 * second;

const inTurn = createInTurn();
let last: OpenDatabase | undefined;

export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  const process = diskUser();
  // The sessions of a process that was ended end with it; the connections to a file have ended already.
  const before = last;
  if (before?.engine === 'postgres') await inTurn(() => before.close());
  const database = await open(options);
  last = database;

  async function take<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await inTurn(async () => {
        if (!process.isAlive()) throw new ProcessEnded('before its turn');
        return work();
      });
    } finally {
      if (!process.isAlive()) await never();
    }
  }

  return {
    ...database,
    transaction: (work) => take(() => database.transaction(work)),
    read: (work) => take(() => database.read(work)),
    readOneMoment: (work) => take(() => database.readOneMoment(work)),
    migrate: () =>
      take(async () => {
        const migrated = await database.migrate();
        const repeatedAt = (options.clock?.now() ?? 0) + repeatedAfterMs;
        for (let look = 0; look < looks; look += 1) await database.endLeasesOfDead({ repeatedAt });
        return migrated;
      }),
    endLeasesOfDead: (input) => take(() => database.endLeasesOfDead(input)),
    check: () => take(() => database.check()),
    close: () => take(() => database.close()),
  };
}
