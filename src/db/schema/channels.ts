import type { ProviderReference } from '#kernel/ids.ts';
import { providerNames } from '#kernel/provider-name.ts';
import type { ReportedRefund } from '#payments/ports/channel-order-store.ts';
import { subscriptionStatuses } from '#payments/ports/sales-channel.ts';
import { type Kit, oneOf, searchKey } from './kit.ts';

export function buildChannelOrderMarks({ index, integer, json, primaryKey, table, text }: Kit) {
  return table(
    'channel_sales',
    {
      provider: text('provider', { enum: providerNames }).notNull(),
      reference: text('reference').notNull().$type<ProviderReference>(),
      returnedMinor: integer('returned_minor').notNull(),
      returnedAt: integer('returned_at'),
      /** Each refund as it was reported; null in rows of an earlier version, which kept the sum alone. */
      refunds: json('refunds').$type<ReportedRefund[]>(),
      /** What its goods are worth, where it counted without review; null otherwise. */
      countedMinor: integer('counted_minor'),
      countedCurrency: text('counted_currency'),
      countedAt: integer('counted_at'),
      soldAt: integer('sold_at'),
      updatedAt: integer('updated_at').notNull(),
    },
    (row) => [
      primaryKey({ name: 'channel_sales_key', columns: [row.reference, row.provider] }),
      index('channel_sales_by_provider').on(row.provider, row.reference),
      index('channel_sales_waiting').on(row.soldAt, row.updatedAt),
      index('channel_sales_counted').on(row.provider, row.countedAt),
    ],
  );
}

export function buildChannelLicenses({ integer, table, text }: Kit) {
  return table('channel_licences', {
    licenseHash: text('licence_hash').primaryKey(),
    provider: text('provider', { enum: providerNames }).notNull(),
    reference: text('reference').notNull().$type<ProviderReference>(),
    createdAt: integer('created_at').notNull(),
  });
}

export function buildChannelSubscriptions({ check, index, integer, primaryKey, table, text }: Kit) {
  return table(
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
    (row) => [
      primaryKey({ name: 'channel_subscriptions_key', columns: [row.reference, row.provider] }),
      index('channel_subscriptions_by_time').on(row.updatedAt, row.reference),
      index('channel_subscriptions_by_email').on(searchKey(row.customerEmail), row.updatedAt, row.reference),
      check('channel_subscriptions_status', oneOf('status', subscriptionStatuses)),
    ],
  );
}
