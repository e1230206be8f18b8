import type { ProviderReference } from '#kernel/ids.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { subscriptionStatuses } from '#payments/ports/sales-channel.ts';
import { sqliteCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';

const { check, index, integer, primaryKey, sqliteTable, text } = sqliteCore();

export const channelSales = sqliteTable(
  'channel_sales',
  {
    provider: text('provider', { enum: providerNames }).notNull(),
    reference: text('reference').notNull().$type<ProviderReference>(),
    returnedMinor: integer('returned_minor').notNull(),
    returnedAt: integer('returned_at'),
    soldAt: integer('sold_at'),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'channel_sales_key', columns: [table.reference, table.provider] }),
    index('channel_sales_waiting').on(table.soldAt, table.updatedAt),
  ],
);

/** Hashes only: a licence key is never kept in the clear. */
export const channelLicences = sqliteTable('channel_licences', {
  licenceHash: text('licence_hash').primaryKey(),
  provider: text('provider', { enum: providerNames }).notNull(),
  reference: text('reference').notNull().$type<ProviderReference>(),
  createdAt: integer('created_at').notNull(),
});

export const channelSubscriptions = sqliteTable(
  'channel_subscriptions',
  {
    reference: text('reference').notNull(),
    provider: text('provider', { enum: providerNames }).notNull(),
    status: text('status', { enum: subscriptionStatuses }).notNull(),
    customerEmail: text('customer_email'),
    customerName: text('customer_name'),
    planName: text('plan_name').notNull(),
    productName: text('product_name').notNull(),
    startedAt: integer('started_at'),
    endedAt: integer('ended_at'),
    updatedAt: integer('updated_at').notNull(),
    searchText: text('search_text').notNull(),
  },
  (table) => [
    primaryKey({ name: 'channel_subscriptions_key', columns: [table.reference, table.provider] }),
    check('channel_subscriptions_status', oneOf('status', subscriptionStatuses)),
  ],
);
