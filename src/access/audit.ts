import type { JsonObject } from '#kernel/json.ts';
import type { TransactionContext } from '#kernel/transaction-context.ts';
import type { AccessStores } from './access-store.ts';

/** Writes the audit row of an action, done by the actor of the cause; call it inside the transaction of the action itself. */
export async function recordAudit(
  tx: TransactionContext<AccessStores>,
  input: { action: string; subject: string; reason?: string | null; details?: JsonObject },
): Promise<void> {
  const { actor } = tx.cause;
  await tx.stores.audit.record({
    id: tx.ids.newId(),
    at: tx.clock.now(),
    actorKind: actor.kind,
    actorId: actor.id,
    action: input.action,
    subject: input.subject,
    reason: input.reason ?? null,
    details: input.details ?? {},
  });
}
