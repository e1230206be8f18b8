/** Who did it: on every audit row and every timeline entry. */
export const actorKinds = ['admin', 'job', 'provider', 'store', 'system'] as const;
export type ActorKind = (typeof actorKinds)[number];

export interface Actor {
  kind: ActorKind;
  /** The admin's Telegram user id, the job's name, the provider's name; `store` and `system` have their own name here. */
  id: string;
}

export const systemActor: Actor = { kind: 'system', id: 'system' };
export const storeActor: Actor = { kind: 'store', id: 'store' };
