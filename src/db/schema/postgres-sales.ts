import type { ProviderReference } from '#kernel/ids.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { subscriptionStatuses } from '#payments/ports/sales-channel.ts';
import { postgresCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';
import { int8 } from './postgres-columns.ts';

const { check, index, pgTable, primaryKey, text } = postgresCore();

export const channelSales = pgTable(
  'channel_sales',
  {
    provider: text('provider', { enum: providerNames }).notNull(),
    reference: text('reference').notNull().$type<ProviderReference>(),
    returnedMinor: int8('returned_minor').notNull(),
    returnedAt: int8('returned_at'),
    soldAt: int8('sold_at'),
    updatedAt: int8('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'channel_sales_key', columns: [table.reference, table.provider] }),
    index('channel_sales_waiting').on(table.soldAt, table.updatedAt),
  ],
);

/** Hashes only: a licence key is never kept in the clear. */
export const channelLicences = pgTable('channel_licences', {
  licenceHash: text('licence_hash').primaryKey(),
  provider: text('provider', { enum: providerNames }).notNull(),
  reference: text('reference').notNull().$type<ProviderReference>(),
  createdAt: int8('created_at').notNull(),
});

export const channelSubscriptions = pgTable(
  'channel_subscriptions',
  {
    reference: text('reference').notNull(),
    provider: text('provider', { enum: providerNames }).notNull(),
    status: text('status', { enum: subscriptionStatuses }).notNull(),
    customerEmail: text('customer_email'),
    customerName: text('customer_name'),
    planName: text('plan_name').notNull(),
    productName: text('product_name').notNull(),
    startedAt: int8('started_at'),
    endedAt: int8('ended_at'),
    updatedAt: int8('updated_at').notNull(),
    searchText: text('search_text').notNull(),
  },
  (table) => [
    primaryKey({ name: 'channel_subscriptions_key', columns: [table.reference, table.provider] }),
    check('channel_subscriptions_status', oneOf('status', subscriptionStatuses)),
  ],
);
