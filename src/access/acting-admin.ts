import type { Actor } from '#kernel/actor.ts';

/** An admin who does something, with the name to show. */
export interface ActingAdmin {
  actor: Actor;
  name: string;
}
