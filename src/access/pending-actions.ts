import { type Clock, day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { Random } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { Retention } from '#kernel/retention.ts';
import type { AccessStores, PendingAction } from './access-store.ts';

interface PendingActionDeps {
  database: Database<AccessStores>;
  clock: Clock;
  random: Random;
}

/** Since they expired. */
export const pendingActionRetention: Retention<AccessStores> = {
  name: 'pending actions',
  keptMs: day,
  prune: (stores, query) => stores.pendingActions.prune(query),
};

/** Stores an action until its initiator confirms it. Its id cannot be guessed, so a forged button finds nothing. */
export async function proposeAction(
  deps: PendingActionDeps,
  input: { adminId: number; action: string; payload: JsonObject; forMs: Milliseconds },
): Promise<PendingAction> {
  const now = deps.clock.now();
  const pending: PendingAction = {
    id: Buffer.from(deps.random.bytes(16)).toString('base64url'),
    adminId: input.adminId,
    action: input.action,
    payload: input.payload,
    createdAt: now,
    expiresAt: now + input.forMs,
    awaitsTextSince: null,
  };
  await deps.database.transaction((stores) => stores.pendingActions.save(pending));
  return pending;
}

/** The action of a question that a newer one, or an answered one, about the same subject has replaced. */
export const replacedAction = 'replaced';

/** More questions do not wait at once: they expire within minutes. */
const waitingMax = 500;

/**
 * Takes the action, once; undefined for a second click, for another admin, and after its expiry. Of several whose payload
 * names the same `subject`, only the newest is carried out: it replaces the others, and an older one is returned as
 * `replacedAction`.
 */
export function consumeAction(
  deps: PendingActionDeps,
  input: { id: string; adminId: number },
): Promise<PendingAction | undefined> {
  const now = deps.clock.now();
  return deps.database.transaction(async ({ pendingActions }) => {
    const taken = await pendingActions.consume({ id: input.id, adminId: input.adminId, now });
    const subject = taken?.payload['subject'];
    if (taken === undefined || typeof subject !== 'string' || taken.action === replacedAction) return taken;
    const waiting = await pendingActions.listWaiting({ now, limit: waitingMax });
    const rivals = waiting.filter(({ action, payload }) => action !== replacedAction && payload['subject'] === subject);
    if (rivals.some(({ createdAt }) => createdAt > taken.createdAt)) return { ...taken, action: replacedAction };
    for (const { id } of rivals) await pendingActions.replaceAction({ id, action: replacedAction });
    return taken;
  });
}

/** The admin's next message becomes the reason of the action; undefined when it was taken or has expired. */
export function awaitReason(
  deps: PendingActionDeps,
  input: { id: string; adminId: number; forMs: Milliseconds },
): Promise<PendingAction | undefined> {
  const now = deps.clock.now();
  const { id, adminId } = input;
  return deps.database.transaction((stores) =>
    stores.pendingActions.awaitText({ id, adminId, now, until: now + input.forMs }),
  );
}

/** Takes the action that waits for this admin's message, once; undefined when none waits. */
export function takeAwaitingAction(
  deps: PendingActionDeps,
  input: { adminId: number },
): Promise<PendingAction | undefined> {
  const now = deps.clock.now();
  return deps.database.transaction(async (stores) => {
    const waiting = await stores.pendingActions.findAwaitingText({ adminId: input.adminId, now });
    return waiting && stores.pendingActions.consume({ id: waiting.id, adminId: input.adminId, now });
  });
}

/** The answer did not fit: the action waits on for the admin's next message, as long as it would have. */
export async function awaitAgain(deps: PendingActionDeps, waiting: PendingAction): Promise<void> {
  await deps.database.transaction((stores) => stores.pendingActions.save(waiting));
}
