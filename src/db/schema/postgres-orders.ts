import { actorKinds } from '#kernel/actor.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { causeKinds } from '#kernel/transaction-context.ts';
import { trustLevels } from '#kernel/trust.ts';
import { type OrderItem, orderOrigins, orderStatuses } from '#orders/order.ts';
import { timelineSubjects } from '#orders/timeline.ts';
import { postgresCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';
import { int8 } from './postgres-columns.ts';

const { check, index, jsonb, pgTable, text, uniqueIndex } = postgresCore();

export const orders = pgTable(
  'orders',
  {
    id: text('id').primaryKey().$type<OrderId>(),
    number: int8('number').notNull().unique(),
    status: text('status', { enum: orderStatuses }).notNull(),
    version: int8('version').notNull(),
    currency: text('currency').notNull(),
    amountMinor: int8('amount_minor').notNull(),
    items: jsonb('items').notNull().$type<OrderItem[]>(),
    reference: text('reference'),
    customerEmail: text('customer_email'),
    customerName: text('customer_name'),
    redirectUrl: text('redirect_url'),
    metadata: jsonb('metadata').notNull().$type<Record<string, string>>(),
    origin: text('origin', { enum: orderOrigins }).notNull(),
    note: text('note'),
    attention: text('attention'),
    createdAt: int8('created_at').notNull(),
    updatedAt: int8('updated_at').notNull(),
    expiresAt: int8('expires_at').notNull(),
    paidAt: int8('paid_at'),
    fulfilledAt: int8('fulfilled_at'),
    searchText: text('search_text').notNull(),
    searchNote: text('search_note').notNull(),
  },
  (table) => [
    index('orders_by_time').on(table.createdAt, table.id),
    index('orders_by_status').on(table.status, table.createdAt, table.id),
    index('orders_by_expiry').on(table.status, table.expiresAt),
    index('orders_by_amount').on(table.amountMinor),
    check('orders_status', oneOf('status', orderStatuses)),
  ],
);

export const timelineEntries = pgTable(
  'timeline_entries',
  {
    id: text('id').primaryKey(),
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id)
      .$type<OrderId>(),
    paymentId: text('payment_id').$type<PaymentId>(),
    at: int8('at').notNull(),
    subject: text('subject', { enum: timelineSubjects }).notNull(),
    fromStatus: text('from_status'),
    toStatus: text('to_status'),
    causeKind: text('cause_kind', { enum: causeKinds }).notNull(),
    causeId: text('cause_id').notNull(),
    actorKind: text('actor_kind', { enum: actorKinds }).notNull(),
    actorId: text('actor_id').notNull(),
    trust: text('trust', { enum: trustLevels }),
    text: text('text').notNull(),
  },
  (table) => [index('timeline_entries_by_order').on(table.orderId, table.at, table.id)],
);

export const idempotentRequests = pgTable(
  'idempotent_requests',
  {
    key: text('key').primaryKey(),
    bodyHash: text('body_hash').notNull(),
    orderId: text('order_id').notNull().$type<OrderId>(),
    createdAt: int8('created_at').notNull(),
  },
  (table) => [index('idempotent_requests_by_time').on(table.createdAt)],
);

export const counters = pgTable('counters', {
  name: text('name').primaryKey(),
  value: int8('value').notNull(),
});

export const products = pgTable(
  'products',
  {
    id: text('id').primaryKey(),
    sku: text('sku').notNull(),
    /** The sku in lower case: unique, so that no two differ in their case alone. */
    skuKey: text('sku_key').notNull().unique(),
    name: text('name').notNull(),
    amountMinor: int8('amount_minor').notNull(),
    currency: text('currency').notNull(),
    version: int8('version').notNull(),
    channel: text('channel', { enum: providerNames }),
    channelKey: text('channel_key'),
    licenceSecret: text('licence_secret'),
    createdAt: int8('created_at').notNull(),
    updatedAt: int8('updated_at').notNull(),
  },
  (table) => [uniqueIndex('products_by_channel_key').on(table.channelKey, table.channel)],
);
