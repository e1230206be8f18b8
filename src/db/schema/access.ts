import { actorKinds } from '#kernel/actor.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { Kit } from './kit.ts';

export function buildAuditRecords({ index, integer, json, table, text }: Kit) {
  return table(
    'audit_records',
    {
      id: text('id').primaryKey(),
      at: integer('at').notNull(),
      actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
      actorId: text('actor_id').notNull(),
      action: text('action').notNull(),
      subject: text('subject').notNull(),
      reason: text('reason'),
      details: json('details').notNull().$type<JsonObject>(),
    },
    (row) => [
      index('audit_records_by_time').on(row.at, row.id),
      index('audit_records_by_subject').on(row.subject, row.at, row.id),
    ],
  );
}

export function buildPendingActions({ index, integer, json, table, text }: Kit) {
  return table(
    'pending_actions',
    {
      id: text('id').primaryKey(),
      adminId: integer('admin_id').notNull(),
      action: text('action').notNull(),
      payload: json('payload').notNull().$type<JsonObject>(),
      createdAt: integer('created_at').notNull(),
      expiresAt: integer('expires_at').notNull(),
      awaitsTextSince: integer('awaits_text_since'),
    },
    (row) => [
      index('pending_actions_by_expiry').on(row.expiresAt),
      index('pending_actions_by_admin').on(row.adminId, row.awaitsTextSince),
    ],
  );
}

export function buildStoredSettings({ integer, json, table, text }: Kit) {
  return table('stored_settings', {
    key: text('key').primaryKey(),
    value: json('value').notNull().$type<JsonObject>(),
    version: integer('version').notNull(),
    updatedAt: integer('updated_at').notNull(),
  });
}
