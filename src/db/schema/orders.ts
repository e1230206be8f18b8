import { actorKinds } from '#kernel/actor.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import { providerNames, trustLevels } from '#kernel/provider-name.ts';
import { causeKinds } from '#kernel/transaction-context.ts';
import { type OrderItem, orderOrigins, orderStatuses } from '#orders/order.ts';
import { timelineSubjects } from '#orders/timeline.ts';
import { sql } from './drizzle.ts';
import { type Kit, oneOf, searchKey } from './kit.ts';

export function buildOrders({ check, index, integer, json, table, text }: Kit) {
  return table(
    'orders',
    {
      id: text('id').primaryKey().$type<OrderId>(),
      number: integer('number').notNull().unique(),
      status: text('status', { enum: orderStatuses }).notNull(),
      version: integer('version').notNull(),
      currency: text('currency').notNull(),
      amountMinor: integer('amount_minor').notNull(),
      items: json('items').notNull().$type<OrderItem[]>(),
      reference: text('reference'),
      customerEmail: text('customer_email'),
      customerName: text('customer_name'),
      redirectUrl: text('redirect_url'),
      metadata: json('metadata').notNull().$type<Record<string, string>>(),
      origin: text('origin', { enum: orderOrigins }).notNull(),
      note: text('note'),
      attention: text('attention'),
      createdAt: integer('created_at').notNull(),
      updatedAt: integer('updated_at').notNull(),
      expiresAt: integer('expires_at').notNull(),
      paidAt: integer('paid_at'),
      fulfilledAt: integer('fulfilled_at'),
      searchText: text('search_text').notNull(),
      searchNote: text('search_note').notNull(),
      /** The status with which the sums of days count it; `none`: not at all; null: the one that it has. */
      countedStatus: text('counted_status', { enum: ['none', ...orderStatuses] }),
    },
    (row) => [
      index('orders_by_time').on(row.createdAt, row.id),
      index('orders_uncounted').on(row.createdAt, row.id).where(sql`counted_status is not null`),
      index('orders_by_status').on(row.status, row.createdAt, row.id),
      index('orders_by_expiry').on(row.status, row.expiresAt),
      // In the order of their numbers, so that the newest of many come without sorting them.
      index('orders_by_amount').on(row.amountMinor, row.currency, row.number),
      index('orders_by_email').on(searchKey(row.customerEmail), row.number),
      index('orders_by_reference').on(searchKey(row.reference), row.number),
      check('orders_status', oneOf('status', orderStatuses)),
    ],
  );
}

export function buildTimelineEntries(
  { integer, primaryKey, table, text }: Kit,
  orders: ReturnType<typeof buildOrders>,
) {
  return table(
    'timeline_entries',
    {
      id: text('id').notNull(),
      orderId: text('order_id')
        .notNull()
        .references(() => orders.id)
        .$type<OrderId>(),
      paymentId: text('payment_id').$type<PaymentId>(),
      at: integer('at').notNull(),
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
    // The rows of an order lie side by side in this order: SQLite's table has no other key, and neither engine another index.
    (row) => [primaryKey({ name: 'timeline_entries_key', columns: [row.orderId, row.at, row.id] })],
  );
}

export function buildIdempotentRequests({ index, integer, table, text }: Kit) {
  return table(
    'idempotent_requests',
    {
      key: text('key').primaryKey(),
      bodyHash: text('body_hash').notNull(),
      orderId: text('order_id').notNull().$type<OrderId>(),
      paymentId: text('payment_id').$type<PaymentId>(),
      paymentExpiresAt: integer('payment_expires_at'),
      createdAt: integer('created_at').notNull(),
    },
    (row) => [index('idempotent_requests_by_time').on(row.createdAt)],
  );
}

export function buildCounters({ integer, table, text }: Kit) {
  return table('counters', {
    name: text('name').primaryKey(),
    value: integer('value').notNull(),
  });
}

export function buildProducts({ integer, table, text, uniqueIndex }: Kit) {
  return table(
    'products',
    {
      id: text('id').primaryKey(),
      sku: text('sku').notNull(),
      /** The sku in lower case: unique, so that no two differ in their case alone. */
      skuKey: text('sku_key').notNull().unique(),
      name: text('name').notNull(),
      amountMinor: integer('amount_minor').notNull(),
      currency: text('currency').notNull(),
      version: integer('version').notNull(),
      channel: text('channel', { enum: providerNames }),
      channelKey: text('channel_key'),
      licenseSecret: text('licence_secret'),
      createdAt: integer('created_at').notNull(),
      updatedAt: integer('updated_at').notNull(),
    },
    (row) => [uniqueIndex('products_by_channel_key').on(row.channelKey, row.channel)],
  );
}
