// What is owed to admins: alerts and reports that reached nobody they are for. They wait in the lane of the pager.
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { MessagingStores, OwedMessages } from './messaging-store.ts';
import type { Lane } from './topics.ts';

interface OwedDeps {
  database: Database<Pick<MessagingStores, 'outbox'>>;
  clock: Clock;
}

const lane: Lane = 'pager';

export function readOwedMessages(deps: Pick<OwedDeps, 'database'>): Promise<OwedMessages> {
  return deps.database.read((stores) => stores.outbox.readOwed(lane));
}

/** They are tried at once: somebody can be reached again. Returns how many waited. */
export async function makeOwedDue(deps: OwedDeps): Promise<number> {
  if ((await readOwedMessages(deps)).count === 0) return 0;
  return deps.database.transaction((stores) => stores.outbox.makeOwedDue({ lane, at: deps.clock.now() }));
}
