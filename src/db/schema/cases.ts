import { type AlertAction, type AlertFacts, alertKinds, alertSeverities, alertStatuses } from '#cases/case.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { type ExceptionFacts, exceptionKinds, exceptionStatuses } from '#payments/exceptions/exception.ts';
import { type Kit, oneOf } from './kit.ts';

export function buildAlerts({ check, index, integer, json, table, text }: Kit) {
  return table(
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
      facts: json('facts').notNull().$type<AlertFacts>(),
      actions: json('actions').notNull().$type<AlertAction[]>(),
      occurrences: integer('occurrences').notNull(),
      openedAt: integer('opened_at').notNull(),
      lastRaisedAt: integer('last_raised_at').notNull(),
      acknowledgedAt: integer('acknowledged_at'),
      acknowledgedBy: text('acknowledged_by'),
      snoozedUntil: integer('snoozed_until'),
      resolvedAt: integer('resolved_at'),
      resolvedBy: text('resolved_by'),
    },
    (row) => [
      index('alerts_by_status').on(row.status, row.openedAt, row.id),
      index('alerts_by_order').on(row.orderId),
      check('alerts_status', oneOf('status', alertStatuses)),
      check('alerts_severity', oneOf('severity', alertSeverities)),
    ],
  );
}

export function buildPaymentExceptions({ check, index, integer, json, table, text }: Kit) {
  return table(
    'payment_exceptions',
    {
      id: text('id').primaryKey(),
      key: text('key').notNull(),
      /** The key while the exception is open, then null: unique, so that one trouble is one exception. */
      openKey: text('open_key').unique(),
      kind: text('kind', { enum: exceptionKinds }).notNull(),
      status: text('status', { enum: exceptionStatuses }).notNull(),
      version: integer('version').notNull(),
      provider: text('provider', { enum: providerNames }),
      reference: text('reference'),
      orderId: text('order_id').$type<OrderId>(),
      paymentId: text('payment_id').$type<PaymentId>(),
      refundId: text('refund_id').$type<RefundId>(),
      facts: json('facts').notNull().$type<ExceptionFacts>(),
      ownerId: integer('owner_id'),
      ownerName: text('owner_name'),
      takenAt: integer('taken_at'),
      subjectAt: integer('subject_at'),
      openedAt: integer('opened_at').notNull(),
      lastSeenAt: integer('last_seen_at').notNull(),
      waitsUntil: integer('waits_until'),
      resolvedAt: integer('resolved_at'),
      resolution: text('resolution'),
      resolvedBy: text('resolved_by'),
      reason: text('reason'),
      undo: json('undo').$type<JsonObject>(),
    },
    (row) => [
      index('payment_exceptions_by_age').on(row.status, row.openedAt, row.id),
      index('payment_exceptions_by_order').on(row.orderId),
      index('payment_exceptions_by_payment').on(row.paymentId),
      index('payment_exceptions_by_reference').on(row.reference),
      index('payment_exceptions_by_key').on(row.key, row.openedAt, row.id),
      check('payment_exceptions_status', oneOf('status', exceptionStatuses)),
    ],
  );
}
