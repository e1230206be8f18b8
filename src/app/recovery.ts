import { systemActor } from '#kernel/actor.ts';
import { second } from '#kernel/clock.ts';
import type { Lifecycle } from '#kernel/process.ts';
import { redrawAfterRestore } from '#messaging/queues/redraw-after-restore.ts';
import { loadDecommissioned } from '#payments/availability/load-decommissioned.ts';
import { endLostReconciliations } from '#payments/reconciliation/reconciliation-runs.ts';
import { countCaptured } from '#payments/sync/count-captured.ts';
import { boundWaits } from '#payments/sync/watch-clock.ts';
import { checkQuarantine } from '#payments/webhooks/check-quarantine.ts';
import type { Core } from './core.ts';

/**
 * A message that was in progress at two crashes waits so long after the next start: other messages come first, and a
 * process that keeps crashing for another reason does not turn harmless messages into dead letters.
 */
const suspectedPoisonWaitMs = 10 * second;

/** Releases the leases that a crashed process left, before any worker claims messages. */
export async function recoverAfterCrash({ payments, database, instanceId }: Core): Promise<void> {
  // SQLite is used by one process: a row that is still leased was leased by a process that crashed.
  const isAlone = database.engine === 'sqlite';
  if (isAlone) await unlockAll({ payments, database, instanceId });
  await boundWaits(payments);
  await countCaptured(payments);
  await endLostReconciliations(payments, { isAlone });
  await loadDecommissioned(payments);
  const redrawn = await redrawAfterRestore(payments);
  if (redrawn > 0) payments.log.info('messages drawn anew after a restore', { redrawn });
  // A changed secret takes a restart: webhooks that were refused under the old one may verify with the new one.
  await checkQuarantine(payments, { provider: 'all', actor: systemActor });
}

const lookEveryMs = second;

/** While it runs: ends the leases of other processes that died, so that what they had in hand is taken up within seconds. */
export function createTakeOver({ payments, database }: Pick<Core, 'payments' | 'database'>): Lifecycle {
  const { clock, log } = payments;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function look(): Promise<void> {
    try {
      const freed = await database.endLeasesOfDead({ repeatedAt: clock.now() + suspectedPoisonWaitMs });
      if (freed > 0) log.warn('leases of a process that died released', { freed });
    } catch (error) {
      log.error('leases not looked at', {}, error);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look();
      await clock.sleep(lookEveryMs, stopping.signal);
    }
  }

  return {
    start() {
      // SQLite is used by one process.
      if (database.engine === 'postgres') running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function unlockAll({ payments, database, instanceId }: Pick<Core, 'payments' | 'database' | 'instanceId'>) {
  const { clock, log } = payments;
  const leased = { exceptBy: instanceId, repeatedAt: clock.now() + suspectedPoisonWaitMs };
  const freed = await database.transaction(async (stores) => ({
    inbox: await stores.inbox.unlockAll(leased),
    outbox: await stores.outbox.unlockAll(leased),
    payments: await stores.payments.releaseAllPayments(),
  }));
  if (freed.inbox + freed.outbox + freed.payments > 0) log.warn('leases of a crashed process released', freed);
}
