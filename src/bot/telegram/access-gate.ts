import type { Admin, AdminDirectory } from '#access/admin.ts';
import { type Clock, hour } from '#kernel/clock.ts';
import type { EventLog } from '#kernel/process.ts';
import { createOnceWithin } from './once-within.ts';

export const unauthorizedText = 'This bot is private.';

/** Who wrote or tapped, and where. */
export interface Visitor {
  userId: number;
  chatId: number;
  isPrivateChat: boolean;
}

type Admission =
  | { kind: 'admin'; admin: Admin }
  /** `isGreeted`: this one gets the neutral sentence; the next ones for an hour get nothing. */
  | { kind: 'unauthorized'; isGreeted: boolean };

/** Tells admins from unauthorized users, who are answered once an hour and logged by their id alone. */
export function createAccessGate(deps: { admins: AdminDirectory; clock: Clock; log: EventLog; bot: string }): {
  admit(visitor: Visitor): Promise<Admission>;
} {
  const greeted = createOnceWithin(deps.clock, { forMs: hour, keysMax: 1_000 });
  return {
    async admit({ userId, isPrivateChat }) {
      const admin = await deps.admins.findAdmin(userId);
      if (admin !== undefined) return { kind: 'admin', admin };
      const isFirst = greeted.isFirst(String(userId));
      if (isFirst) deps.log.warn('unauthorized user turned away', { bot: deps.bot, userId });
      return { kind: 'unauthorized', isGreeted: isFirst && isPrivateChat };
    },
  };
}
