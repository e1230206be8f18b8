// What is owed to admins: alerts and reports that reached nobody they are for. They wait in the lane of the pager.
import { type Clock, type Milliseconds, minute } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { MessagingStores, OwedMessages } from './messaging-store.ts';
import type { Lane } from './topics.ts';

interface OwedDeps {
  database: Database<Pick<MessagingStores, 'outbox'>>;
  clock: Clock;
}

const lane: Lane = 'pager';

/** One that fails for longer is owed as well: so long the failure may pass unnoticed. */
const lateAfterMs: Milliseconds = 5 * minute;

/** More than this come when they are due by themselves. */
const madeDueMax = 1_000;

export function readOwedMessages(deps: OwedDeps): Promise<OwedMessages> {
  return deps.database.read((stores) => stores.outbox.readOwed(owedNow(deps)));
}

/** They are tried at once: somebody can be reached again. Returns how many waited. */
export async function makeOwedDue(deps: OwedDeps): Promise<number> {
  if ((await readOwedMessages(deps)).count === 0) return 0;
  const due = { ...owedNow(deps), at: deps.clock.now(), limit: madeDueMax };
  return deps.database.transaction((stores) => stores.outbox.makeOwedDue(due));
}

function owedNow({ clock }: Pick<OwedDeps, 'clock'>): { lane: Lane; lateBefore: Milliseconds } {
  return { lane, lateBefore: clock.now() - lateAfterMs };
}
