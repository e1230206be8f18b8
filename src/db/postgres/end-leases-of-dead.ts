import type { AccountingStores } from '#accounting/ledger/deps.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { presenceClass, presenceKey } from './presence.ts';
import type { Connection } from './sessions.ts';

/**
 * A holder whose lock was away at so many calls in a row is dead. It is called every second: time enough for a living one to
 * come back after a restart of the server. Counted and not timed, so that our own standstill is not taken for its absence.
 */
const absencesMax = 8;

type Transaction = <Result>(
  work: (stores: AccountingStores, connection: Connection) => Promise<Result>,
) => Promise<Result>;

/** Ends the leases of holders that died, and of nobody else; returns how many. */
export function createEndLeasesOfDead(deps: { holder: string; transaction: Transaction }) {
  let absences = new Map<string, number>();

  return async ({ repeatedAt }: { repeatedAt: Milliseconds }): Promise<number> => {
    const before = absences;
    // A call that fails says nothing of anybody: all begin anew.
    absences = new Map();
    const found = await deps.transaction(async (stores, connection) => {
      const absent: string[] = [];
      let ended = 0;
      for (const [holder, leases] of await leasesByHolder(stores)) {
        if (holder === deps.holder || (await isAlive(connection, holder))) continue;
        const isDead = (before.get(holder) ?? 0) + 1 >= absencesMax;
        if (isDead) ended += await endLeases(stores, { by: leases, repeatedAt });
        else absent.push(holder);
      }
      return { absent, ended };
    });
    absences = new Map(found.absent.map((holder) => [holder, (before.get(holder) ?? 0) + 1]));
    return found.ended;
  };
}

async function leasesByHolder({ inbox, outbox, payments }: AccountingStores): Promise<Map<string, string[]>> {
  const leases = [await inbox.listLeases(), await outbox.listLeases(), await payments.listPaymentLeases()].flat();
  return Map.groupBy(new Set(leases), (lease) => lease.split(':')[0] ?? lease);
}

/** Free until the end of this transaction, so that the holder cannot come back in between. */
async function isAlive({ client }: Connection, holder: string): Promise<boolean> {
  const lock = 'select pg_try_advisory_xact_lock($1, $2) as is_free';
  const { rows } = await client.query<{ is_free: boolean }>(lock, [presenceClass, presenceKey(holder)]);
  return rows[0]?.is_free !== true;
}

async function endLeases(
  { inbox, outbox, payments }: AccountingStores,
  leases: { by: readonly string[]; repeatedAt: Milliseconds },
): Promise<number> {
  return (
    (await inbox.endLeases(leases)) + (await outbox.endLeases(leases)) + (await payments.endPaymentLeases(leases.by))
  );
}
