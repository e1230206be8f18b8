import type { Actor } from '#kernel/actor.ts';

export const adminRoles = ['owner', 'manager', 'support', 'viewer'] as const;
export type AdminRole = (typeof adminRoles)[number];

/** A human allowed to use the bot. */
export interface Admin {
  /** Telegram user id. */
  id: number;
  role: AdminRole;
}

/** Who may use the bot. Owners come from the configuration. */
export interface AdminDirectory {
  findAdmin(telegramUserId: number): Promise<Admin | undefined>;
  listAdmins(): Promise<Admin[]>;
}

export function adminActor(telegramUserId: number): Actor {
  return { kind: 'admin', id: String(telegramUserId) };
}
