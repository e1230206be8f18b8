import type { ActorKind } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';

/** One action of an admin, the shop or the system; never deleted. Written in the transaction of the action itself. */
export interface AuditRecord {
  id: string;
  at: Milliseconds;
  actorKind: ActorKind;
  actorId: string;
  /** `order.cancel`, `case.acknowledge`, `dead_letter.redrive` … */
  action: string;
  /** What the action changed: `order:<id>`, `case:<id>` … */
  subject: string;
  reason: string | null;
  details: JsonObject;
}

export interface AuditStore {
  record(entry: AuditRecord): Promise<void>;
  /** Newest first. */
  listAudit(query: { subject: string | null; limit: number }): Promise<AuditRecord[]>;
  /** How often each action was done by actors of this kind in [from, to). */
  countAudit(query: {
    actorKind: ActorKind;
    from: Milliseconds;
    to: Milliseconds;
  }): Promise<{ action: string; count: number }[]>;
}

/** An action on money that waits for the confirmation of the admin who began it. */
export interface PendingAction {
  /** Short enough for callback data: at most 22 characters of base64url. */
  id: string;
  adminId: number;
  action: string;
  payload: JsonObject;
  createdAt: Milliseconds;
  expiresAt: Milliseconds;
  /** Since when the admin's next message is taken as the reason; null while no message is awaited. */
  awaitsTextSince: Milliseconds | null;
}

export interface PendingActionStore {
  save(action: PendingAction): Promise<void>;
  /** Deletes the action and returns it, so that it runs once; undefined when it is taken, expired, or another admin's. */
  consume(input: { id: string; adminId: number; now: Milliseconds }): Promise<PendingAction | undefined>;
  /** The admin's next message until `until` belongs to the action; undefined when it is taken, expired, or another admin's. */
  awaitText(input: {
    id: string;
    adminId: number;
    now: Milliseconds;
    until: Milliseconds;
  }): Promise<PendingAction | undefined>;
  /** The action that waits for the admin's next message, the newest first; undefined when none does. */
  findAwaitingText(query: { adminId: number; now: Milliseconds }): Promise<PendingAction | undefined>;
  /** Those that may still be confirmed, the soonest to expire first. */
  listWaiting(query: { now: Milliseconds; limit: number }): Promise<PendingAction[]>;
  /** Whoever confirms it finds `action` in place of its own, and nothing to carry out; not one that was taken. */
  replaceAction(input: { id: string; action: string }): Promise<void>;
  prune(query: { before: Milliseconds; limit: number }): Promise<number>;
}

export interface AccessStores {
  audit: AuditStore;
  pendingActions: PendingActionStore;
}
