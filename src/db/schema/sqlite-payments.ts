import { actorKinds } from '#kernel/actor.ts';
import type { OrderId, PaymentId, ProviderReference, RefundId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { trustLevels } from '#kernel/trust.ts';
import { type ExceptionFacts, exceptionKinds, exceptionStatuses } from '#payments/exceptions/exception.ts';
import { creationStates, paymentStatuses } from '#payments/model/payment.ts';
import { findingKinds, reconciliationStatuses } from '#payments/model/reconciliation.ts';
import { refundStatuses } from '#payments/model/refund.ts';
import { sql, sqliteCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';
import { orders } from './sqlite-orders.ts';

const { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } = sqliteCore();

export const payments = sqliteTable(
  'payments',
  {
    id: text('id').primaryKey().$type<PaymentId>(),
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id)
      .$type<OrderId>(),
    provider: text('provider', { enum: providerNames }).notNull(),
    status: text('status', { enum: paymentStatuses }).notNull(),
    version: integer('version').notNull(),
    creation: text('creation', { enum: creationStates }).notNull(),
    currency: text('currency').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    requestedAmount: text('requested_amount').notNull(),
    requestedAsset: text('requested_asset').notNull(),
    expectedAmount: text('expected_amount'),
    receivedAmount: text('received_amount'),
    receivedAsset: text('received_asset'),
    coinExpected: text('coin_expected'),
    coinReceived: text('coin_received'),
    coinAsset: text('coin_asset'),
    creditedMinor: integer('credited_minor').notNull().default(0),
    reference: text('reference').$type<ProviderReference>(),
    details: text('details', { mode: 'json' }).notNull().default([]).$type<string[]>(),
    checkoutUrl: text('checkout_url'),
    providerStatus: text('provider_status'),
    transactionIds: text('transaction_ids', { mode: 'json' }).notNull().$type<string[]>(),
    trust: text('trust', { enum: trustLevels }),
    evidenceAt: integer('evidence_at'),
    mismatchedAt: integer('mismatched_at'),
    heldAt: integer('held_at'),
    acceptedAt: integer('accepted_at'),
    acceptedBy: text('accepted_by'),
    acceptedReason: text('accepted_reason'),
    feeAmount: text('fee_amount'),
    netAmount: text('net_amount'),
    figuresAsset: text('figures_asset'),
    settledAt: integer('settled_at'),
    paidAt: integer('paid_at'),
    expiresAt: integer('expires_at').notNull(),
    nextPollAt: integer('next_poll_at'),
    lockedUntil: integer('locked_until'),
    lockedBy: text('locked_by'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    // Both engines hold nulls apart in a unique index: payments without a reference do not collide.
    uniqueIndex('payments_by_reference').on(table.reference, table.provider),
    index('payments_by_order').on(table.orderId, table.createdAt, table.id),
    index('payments_by_next_poll').on(table.nextPollAt),
    index('payments_by_provider').on(table.provider, table.createdAt, table.id),
    index('payments_by_status').on(table.provider, table.status),
    index('payments_by_update').on(table.updatedAt, table.id),
    index('payments_uncounted').on(table.id).where(sql`credited_minor < 0`),
    check('payments_status', oneOf('status', paymentStatuses)),
    check('payments_creation', oneOf('creation', creationStates)),
  ],
);

/** The transaction ids of a payment once more, one row each, so that they can be found exactly on both engines. */
export const paymentTransactionIds = sqliteTable(
  'payment_transaction_ids',
  {
    paymentId: text('payment_id')
      .notNull()
      .references(() => payments.id)
      .$type<PaymentId>(),
    transactionId: text('transaction_id').notNull(),
  },
  (table) => [
    primaryKey({ name: 'payment_transaction_ids_key', columns: [table.transactionId, table.paymentId] }),
    index('payment_transaction_ids_by_payment').on(table.paymentId),
  ],
);

export const reconciliationRuns = sqliteTable(
  'reconciliation_runs',
  {
    id: text('id').primaryKey(),
    provider: text('provider', { enum: providerNames }).notNull(),
    status: text('status', { enum: reconciliationStatuses }).notNull(),
    windowFrom: integer('window_from').notNull(),
    windowTo: integer('window_to').notNull(),
    startedAt: integer('started_at').notNull(),
    finishedAt: integer('finished_at'),
    startedBy: text('started_by').notNull(),
    comparedCount: integer('compared_count').notNull(),
    matchedCount: integer('matched_count').notNull(),
    healedCount: integer('healed_count').notNull(),
    openCount: integer('open_count').notNull(),
    error: text('error'),
  },
  (table) => [
    index('reconciliation_runs_by_time').on(table.startedAt, table.id),
    check('reconciliation_runs_status', oneOf('status', reconciliationStatuses)),
  ],
);

export const reconciliationFindings = sqliteTable(
  'reconciliation_findings',
  {
    id: text('id').primaryKey(),
    runId: text('run_id')
      .notNull()
      .references(() => reconciliationRuns.id),
    kind: text('kind', { enum: findingKinds }).notNull(),
    provider: text('provider', { enum: providerNames }).notNull(),
    reference: text('reference').$type<ProviderReference>(),
    paymentId: text('payment_id').$type<PaymentId>(),
    here: text('here').notNull(),
    there: text('there').notNull(),
    isHealed: integer('is_healed', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('reconciliation_findings_by_run').on(table.runId, table.createdAt, table.id)],
);

export const paymentExceptions = sqliteTable(
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
    facts: text('facts', { mode: 'json' }).notNull().$type<ExceptionFacts>(),
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
    undo: text('undo', { mode: 'json' }).$type<JsonObject>(),
  },
  (table) => [
    index('payment_exceptions_by_age').on(table.status, table.openedAt, table.id),
    index('payment_exceptions_by_order').on(table.orderId),
    index('payment_exceptions_by_payment').on(table.paymentId),
    index('payment_exceptions_by_reference').on(table.reference),
    index('payment_exceptions_by_key').on(table.key, table.openedAt, table.id),
    check('payment_exceptions_status', oneOf('status', exceptionStatuses)),
  ],
);

export const refunds = sqliteTable(
  'refunds',
  {
    id: text('id').primaryKey().$type<RefundId>(),
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id)
      .$type<OrderId>(),
    paymentId: text('payment_id')
      .notNull()
      .references(() => payments.id)
      .$type<PaymentId>(),
    provider: text('provider', { enum: providerNames }).notNull(),
    status: text('status', { enum: refundStatuses }).notNull(),
    version: integer('version').notNull(),
    currency: text('currency').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    requestedAmount: text('requested_amount').notNull(),
    requestedAsset: text('requested_asset').notNull(),
    reason: text('reason').notNull(),
    requestedByKind: text('requested_by_kind', { enum: actorKinds }).notNull(),
    requestedById: text('requested_by_id').notNull(),
    approvedById: text('approved_by_id'),
    reference: text('reference'),
    claimUrl: text('claim_url'),
    providerStatus: text('provider_status'),
    transactionIds: text('transaction_ids', { mode: 'json' }).notNull().$type<string[]>(),
    sentAt: integer('sent_at'),
    sends: integer('sends').notNull(),
    nextPollAt: integer('next_poll_at'),
    requestKey: text('request_key').unique(),
    requestHash: text('request_hash'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    settledAt: integer('settled_at'),
  },
  (table) => [
    index('refunds_by_order').on(table.orderId, table.createdAt, table.id),
    index('refunds_by_payment').on(table.paymentId, table.createdAt, table.id),
    index('refunds_by_next_poll').on(table.nextPollAt),
    index('refunds_by_time').on(table.createdAt, table.id),
    index('refunds_by_update').on(table.updatedAt, table.id),
    index('refunds_by_end').on(table.settledAt, table.id),
    check('refunds_status', oneOf('status', refundStatuses)),
  ],
);
