import { actorKinds } from '#kernel/actor.ts';
import type { OrderId, PaymentId, ProviderReference, RefundId } from '#kernel/ids.ts';
import { providerNames, trustLevels } from '#kernel/provider-name.ts';
import { creationStates, paymentStatuses } from '#payments/model/payment.ts';
import { refundStatuses } from '#payments/model/refund.ts';
import { sql } from './drizzle.ts';
import { type Kit, oneOf } from './kit.ts';
import type { buildOrders } from './orders.ts';

export function buildPayments(
  { check, index, integer, json, table, text, uniqueIndex }: Kit,
  orders: ReturnType<typeof buildOrders>,
) {
  return table(
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
      capturedMinor: integer('credited_minor').notNull().default(0),
      reference: text('reference').$type<ProviderReference>(),
      details: json('details').notNull().default([]).$type<string[]>(),
      checkoutUrl: text('checkout_url'),
      providerStatus: text('provider_status'),
      transactionIds: json('transaction_ids').notNull().$type<string[]>(),
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
    (row) => [
      // In a unique index of either engine nulls differ from each other: payments without a reference do not collide.
      uniqueIndex('payments_by_reference').on(row.reference, row.provider),
      index('payments_by_order').on(row.orderId, row.createdAt, row.id),
      index('payments_by_next_poll').on(row.nextPollAt),
      index('payments_asked').on(row.provider, row.nextPollAt, row.id).where(sql`next_poll_at is not null`),
      index('payments_by_provider').on(row.provider, row.createdAt, row.id),
      index('payments_by_status').on(row.provider, row.status),
      index('payments_by_update').on(row.updatedAt, row.id),
      index('payments_leased').on(row.lockedBy).where(sql`locked_by is not null`),
      index('payments_uncounted').on(row.id).where(sql`credited_minor < 0`),
      check('payments_status', oneOf('status', paymentStatuses)),
      check('payments_creation', oneOf('creation', creationStates)),
    ],
  );
}

export function buildPaymentTransactionIds(
  { primaryKey, table, text }: Kit,
  payments: ReturnType<typeof buildPayments>,
) {
  return table(
    'payment_transaction_ids',
    {
      paymentId: text('payment_id')
        .notNull()
        .references(() => payments.id)
        .$type<PaymentId>(),
      transactionId: text('transaction_id').notNull(),
    },
    (row) => [primaryKey({ name: 'payment_transaction_ids_key', columns: [row.transactionId, row.paymentId] })],
  );
}

export function buildRefunds(
  { check, index, integer, json, table, text }: Kit,
  { orders, payments }: { orders: ReturnType<typeof buildOrders>; payments: ReturnType<typeof buildPayments> },
) {
  return table(
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
      transactionIds: json('transaction_ids').notNull().$type<string[]>(),
      sentAt: integer('sent_at'),
      sends: integer('sends').notNull(),
      nextPollAt: integer('next_poll_at'),
      requestKey: text('request_key').unique(),
      requestHash: text('request_hash'),
      createdAt: integer('created_at').notNull(),
      updatedAt: integer('updated_at').notNull(),
      settledAt: integer('settled_at'),
    },
    (row) => [
      index('refunds_by_order').on(row.orderId, row.createdAt, row.id),
      index('refunds_by_payment').on(row.paymentId, row.createdAt, row.id),
      index('refunds_by_next_poll').on(row.nextPollAt),
      index('refunds_by_update').on(row.updatedAt, row.id),
      index('refunds_by_end').on(row.settledAt, row.id),
      check('refunds_status', oneOf('status', refundStatuses)),
    ],
  );
}
