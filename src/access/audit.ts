import type { Actor } from '#kernel/actor.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Ids } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { AccessStores } from './access-store.ts';

/** Writes the audit row of an action; call it inside the transaction of the action itself. */
export async function recordAudit(
  deps: { stores: AccessStores; clock: Clock; ids: Ids },
  input: { actor: Actor; action: string; subject: string; reason?: string | null; details?: JsonObject },
): Promise<void> {
  await deps.stores.audit.record({
    id: deps.ids.newId(),
    at: deps.clock.now(),
    actorKind: input.actor.kind,
    actorId: input.actor.id,
    action: input.action,
    subject: input.subject,
    reason: input.reason ?? null,
    details: input.details ?? {},
  });
}
