import type { Context, Filter } from 'grammy';
import type { ActingAdmin } from '#access/acting-admin.ts';
import { type Admin, adminActor } from '#access/admin.ts';
import { adminName } from '../telegram/admin-name.ts';

/** An update of an admin in a chat that is served. */
export type ServedContext = Context & {
  chat: NonNullable<Context['chat']>;
  from: NonNullable<Context['from']>;
  admin: Admin;
};
export type TextContext = Filter<Context, 'message:text'> & ServedContext;
export type DocumentContext = Filter<Context, 'message:document'> & ServedContext;
export type CallbackContext = Filter<Context, 'callback_query:data'> & ServedContext;

export function actingAdmin(ctx: Pick<ServedContext, 'from'>): ActingAdmin {
  return { actor: adminActor(ctx.from.id), name: adminName(ctx.from) };
}
