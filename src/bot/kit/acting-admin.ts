import type { ActingAdmin } from '#access/acting-admin.ts';
import { adminActor } from '#access/admin.ts';
import { adminName } from '../telegram/admin-name.ts';
import type { ServedContext } from './env.ts';

export function actingAdmin(ctx: Pick<ServedContext, 'from'>): ActingAdmin {
  return { actor: adminActor(ctx.from.id), name: adminName(ctx.from) };
}
