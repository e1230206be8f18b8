import { type AlertAction, type AlertFacts, alertKinds, alertSeverities, alertStatuses } from '#cases/case.ts';
import { actorKinds } from '#kernel/actor.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { postgresCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';
import { int8 } from './postgres-columns.ts';

const { check, index, jsonb, pgTable, text } = postgresCore();

export const alerts = pgTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    key: text('key').notNull(),
    /** The key while the alert is not resolved, then null: unique, so that one trouble is one alert. */
    liveKey: text('live_key').unique(),
    kind: text('kind', { enum: alertKinds }).notNull(),
    severity: text('severity', { enum: alertSeverities }).notNull(),
    status: text('status', { enum: alertStatuses }).notNull(),
    version: int8('version').notNull(),
    orderId: text('order_id').$type<OrderId>(),
    paymentId: text('payment_id').$type<PaymentId>(),
    facts: jsonb('facts').notNull().$type<AlertFacts>(),
    actions: jsonb('actions').notNull().$type<AlertAction[]>(),
    occurrences: int8('occurrences').notNull(),
    openedAt: int8('opened_at').notNull(),
    lastRaisedAt: int8('last_raised_at').notNull(),
    acknowledgedAt: int8('acknowledged_at'),
    acknowledgedBy: text('acknowledged_by'),
    snoozedUntil: int8('snoozed_until'),
    resolvedAt: int8('resolved_at'),
    resolvedBy: text('resolved_by'),
  },
  (table) => [
    index('alerts_by_status').on(table.status, table.openedAt, table.id),
    index('alerts_by_order').on(table.orderId),
    check('alerts_status', oneOf('status', alertStatuses)),
    check('alerts_severity', oneOf('severity', alertSeverities)),
  ],
);

export const auditRecords = pgTable(
  'audit_records',
  {
    id: text('id').primaryKey(),
    at: int8('at').notNull(),
    actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
    actorId: text('actor_id').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    reason: text('reason'),
    details: jsonb('details').notNull().$type<JsonObject>(),
  },
  (table) => [
    index('audit_records_by_time').on(table.at, table.id),
    index('audit_records_by_subject').on(table.subject, table.at, table.id),
  ],
);

export const pendingActions = pgTable(
  'pending_actions',
  {
    id: text('id').primaryKey(),
    adminId: int8('admin_id').notNull(),
    action: text('action').notNull(),
    payload: jsonb('payload').notNull().$type<JsonObject>(),
    createdAt: int8('created_at').notNull(),
    expiresAt: int8('expires_at').notNull(),
    awaitsTextSince: int8('awaits_text_since'),
  },
  (table) => [
    index('pending_actions_by_expiry').on(table.expiresAt),
    index('pending_actions_by_admin').on(table.adminId, table.awaitsTextSince),
  ],
);

export const storedSettings = pgTable('stored_settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull().$type<JsonObject>(),
  version: int8('version').notNull(),
  updatedAt: int8('updated_at').notNull(),
});
