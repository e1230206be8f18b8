import { type AlertAction, type AlertFacts, alertKinds, alertSeverities, alertStatuses } from '#cases/case.ts';
import { actorKinds } from '#kernel/actor.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { sqliteCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';

const { check, index, integer, sqliteTable, text } = sqliteCore();

export const alerts = sqliteTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    key: text('key').notNull(),
    /** The key while the alert is not resolved, then null: unique, so that one trouble is one alert. */
    liveKey: text('live_key').unique(),
    kind: text('kind', { enum: alertKinds }).notNull(),
    severity: text('severity', { enum: alertSeverities }).notNull(),
    status: text('status', { enum: alertStatuses }).notNull(),
    version: integer('version').notNull(),
    orderId: text('order_id').$type<OrderId>(),
    paymentId: text('payment_id').$type<PaymentId>(),
    facts: text('facts', { mode: 'json' }).notNull().$type<AlertFacts>(),
    actions: text('actions', { mode: 'json' }).notNull().$type<AlertAction[]>(),
    occurrences: integer('occurrences').notNull(),
    openedAt: integer('opened_at').notNull(),
    lastRaisedAt: integer('last_raised_at').notNull(),
    acknowledgedAt: integer('acknowledged_at'),
    acknowledgedBy: text('acknowledged_by'),
    snoozedUntil: integer('snoozed_until'),
    resolvedAt: integer('resolved_at'),
    resolvedBy: text('resolved_by'),
  },
  (table) => [
    index('alerts_by_status').on(table.status, table.openedAt, table.id),
    index('alerts_by_order').on(table.orderId),
    check('alerts_status', oneOf('status', alertStatuses)),
    check('alerts_severity', oneOf('severity', alertSeverities)),
  ],
);

export const auditRecords = sqliteTable(
  'audit_records',
  {
    id: text('id').primaryKey(),
    at: integer('at').notNull(),
    actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
    actorId: text('actor_id').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    reason: text('reason'),
    details: text('details', { mode: 'json' }).notNull().$type<JsonObject>(),
  },
  (table) => [
    index('audit_records_by_time').on(table.at, table.id),
    index('audit_records_by_subject').on(table.subject, table.at, table.id),
  ],
);

export const pendingActions = sqliteTable(
  'pending_actions',
  {
    id: text('id').primaryKey(),
    adminId: integer('admin_id').notNull(),
    action: text('action').notNull(),
    payload: text('payload', { mode: 'json' }).notNull().$type<JsonObject>(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    awaitsTextSince: integer('awaits_text_since'),
  },
  (table) => [
    index('pending_actions_by_expiry').on(table.expiresAt),
    index('pending_actions_by_admin').on(table.adminId, table.awaitsTextSince),
  ],
);

export const storedSettings = sqliteTable('stored_settings', {
  key: text('key').primaryKey(),
  value: text('value', { mode: 'json' }).notNull().$type<JsonObject>(),
  version: integer('version').notNull(),
  updatedAt: integer('updated_at').notNull(),
});
