import { type CaseFacts, caseKinds, caseSeverities, caseStatuses, type QuickAction } from '#cases/case.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { sql } from './drizzle.ts';
import { type Kit, oneOf } from './kit.ts';

const isGrouped = sql.raw('group_id is not null');

export function buildCases({ boolean, check, index, integer, json, table, text }: Kit) {
  return table(
    'cases',
    {
      id: text('id').primaryKey(),
      key: text('key').notNull(),
      /** The key while the case is not resolved, then null: unique, so that one condition is one case. */
      liveKey: text('live_key').unique(),
      /** For a case that an earlier version stored as alert and exception: the exception's id, which old buttons carry. */
      formerId: text('former_id'),
      kind: text('kind', { enum: caseKinds }).notNull(),
      severity: text('severity', { enum: caseSeverities }).notNull(),
      status: text('status', { enum: caseStatuses }).notNull(),
      version: integer('version').notNull(),
      rings: boolean('rings').notNull(),
      groupId: text('group_id'),
      orderId: text('order_id').$type<OrderId>(),
      paymentId: text('payment_id').$type<PaymentId>(),
      refundId: text('refund_id').$type<RefundId>(),
      provider: text('provider', { enum: providerNames }),
      reference: text('reference'),
      subjectAt: integer('subject_at'),
      facts: json('facts').notNull().$type<CaseFacts>(),
      actions: json('actions').notNull().$type<QuickAction[]>(),
      occurrences: integer('occurrences').notNull(),
      openedAt: integer('opened_at').notNull(),
      lastRaisedAt: integer('last_raised_at').notNull(),
      assigneeId: integer('assignee_id'),
      assigneeName: text('assignee_name'),
      assignedAt: integer('assigned_at'),
      acknowledgedAt: integer('acknowledged_at'),
      acknowledgedBy: text('acknowledged_by'),
      snoozedUntil: integer('snoozed_until'),
      resolvedAt: integer('resolved_at'),
      resolution: text('resolution'),
      resolvedBy: text('resolved_by'),
      reason: text('reason'),
      outcome: text('outcome'),
      undo: json('undo').$type<JsonObject>(),
    },
    (row) => [
      index('cases_by_status').on(row.status, row.openedAt, row.id),
      index('cases_by_provider').on(row.provider, row.openedAt, row.id),
      index('cases_by_key').on(row.key, row.openedAt, row.id),
      index('cases_by_order').on(row.orderId),
      index('cases_by_payment').on(row.paymentId),
      index('cases_by_reference').on(row.reference),
      index('cases_by_kind').on(row.kind, row.openedAt, row.id),
      index('cases_by_group').on(row.groupId, row.status, row.openedAt, row.id).where(isGrouped),
      index('cases_by_former_id').on(row.formerId),
      check('cases_status', oneOf('status', caseStatuses)),
      check('cases_severity', oneOf('severity', caseSeverities)),
    ],
  );
}

export function buildCaseGroups({ index, integer, table, text }: Kit) {
  return table(
    'case_groups',
    {
      id: text('id').primaryKey(),
      /** Kind and severity while it takes cases, then null: one takes them at a time. */
      liveKey: text('live_key').unique(),
      kind: text('kind', { enum: caseKinds }).notNull(),
      severity: text('severity', { enum: caseSeverities }).notNull(),
      openedAt: integer('opened_at').notNull(),
    },
    (row) => [index('case_groups_by_age').on(row.openedAt, row.id)],
  );
}
