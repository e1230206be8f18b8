import type { ActorKind } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';

/** One action of an admin, the shop or the system, kept for ever. Written in the transaction of the action itself. */
export interface AuditRecord {
  id: string;
  at: Milliseconds;
  actorKind: ActorKind;
  actorId: string;
  /** `order.cancel`, `case.acknowledge`, `dead_letter.redrive` … */
  action: string;
  /** What it was done to: `order:<id>`, `case:<id>` … */
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

/** A money action that waits for its second tap. */
export interface PendingAction {
  /** Short enough for callback data: at most 22 characters of base64url. */
  id: string;
  adminId: number;
  action: string;
  payload: JsonObject;
  createdAt: Milliseconds;
  expiresAt: Milliseconds;
  /** Since when the admin's next message is taken for the reason; null while it is not. */
  awaitsTextSince: Milliseconds | null;
}

export interface PendingActionStore {
  save(action: PendingAction): Promise<void>;
  /** Takes the action once and for all: undefined when it is gone, over, or another admin's. */
  consume(input: { id: string; adminId: number; now: Milliseconds }): Promise<PendingAction | undefined>;
  /** From now on the admin's next message belongs to it, until `until`; undefined when it is gone, over, or another admin's. */
  awaitText(input: {
    id: string;
    adminId: number;
    now: Milliseconds;
    until: Milliseconds;
  }): Promise<PendingAction | undefined>;
  /** The action that waits for the admin's next message, the newest first; undefined when none does. */
  findAwaitingText(query: { adminId: number; now: Milliseconds }): Promise<PendingAction | undefined>;
  prune(query: { before: Milliseconds; limit: number }): Promise<number>;
}

export interface AccessStores {
  audit: AuditStore;
  pendingActions: PendingActionStore;
}
