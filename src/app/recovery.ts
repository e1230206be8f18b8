import { systemActor } from '#kernel/actor.ts';
import { second } from '#kernel/clock.ts';
import { loadDecommissioned } from '#payments/availability/load-decommissioned.ts';
import { countCaptured } from '#payments/lifecycle/count-captured.ts';
import { endLostReconciliations } from '#payments/reconciliation/reconciliation-runs.ts';
import { checkQuarantine } from '#payments/webhooks/check-quarantine.ts';
import type { Core } from './core.ts';

/**
 * What the process died with twice waits so long after the next start: good work comes first, and a process that ends
 * again and again for another reason does not make dead letters of innocents.
 */
const suspectedPoisonWaitMs = 10 * second;

/** Takes up what a process that died left in hand, before anything new is taken. */
export async function takeUpLeftWork({ payments, database, instanceId }: Core): Promise<void> {
  // On SQLite nobody else can hold a row: what is locked was in the hands of a process that died.
  const isAlone = database.engine === 'sqlite';
  if (isAlone) await unlockAll({ payments, database, instanceId });
  await countCaptured(payments);
  await endLostReconciliations(payments, { isAlone });
  await loadDecommissioned(payments);
  // Whoever changed a secret had to restart: what was refused under the old one may be real.
  await checkQuarantine(payments, { provider: 'all', actor: systemActor });
}

async function unlockAll({ payments, database, instanceId }: Pick<Core, 'payments' | 'database' | 'instanceId'>) {
  const { clock, log } = payments;
  const held = { exceptBy: instanceId, repeatedAt: clock.now() + suspectedPoisonWaitMs };
  const freed = await database.transaction(async (stores) => ({
    inbox: await stores.inbox.unlockAll(held),
    outbox: await stores.outbox.unlockAll(held),
    payments: await stores.payments.releaseAllPayments(),
  }));
  if (freed.inbox + freed.outbox + freed.payments > 0) log.warn('work of a process that died is taken up', freed);
}
