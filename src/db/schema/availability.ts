import { providerNames } from '#kernel/provider-name.ts';
import { outageStatuses } from '#payments/model/outage.ts';
import { type Kit, oneOf } from './kit.ts';

export function buildProviderOutages({ check, index, integer, table, text }: Kit) {
  return table(
    'provider_outages',
    {
      id: text('id').primaryKey(),
      provider: text('provider', { enum: providerNames }).notNull(),
      /** The provider while the outage is not over, then null: unique, so that a provider has one outage at a time. */
      liveProvider: text('live_provider').unique(),
      status: text('status', { enum: outageStatuses }).notNull(),
      version: integer('version').notNull(),
      beganAt: integer('began_at').notNull(),
      reason: text('reason').notNull(),
      askedAt: integer('asked_at').notNull(),
      goneSince: integer('gone_since'),
      goneCount: integer('gone_count').notNull(),
      retiredAt: integer('retired_at'),
      answeredAt: integer('answered_at'),
      endedAt: integer('ended_at'),
      lookedCount: integer('looked_count').notNull(),
      recoveredCount: integer('recovered_count').notNull(),
      lostCount: integer('lost_count').notNull(),
    },
    (row) => [
      index('provider_outages_by_time').on(row.beganAt, row.id),
      check('provider_outages_status', oneOf('status', outageStatuses)),
    ],
  );
}

export function buildWebhookRates({ integer, json, table, text }: Kit) {
  return table('webhook_rates', {
    provider: text('provider', { enum: providerNames }).primaryKey(),
    perHour: json('per_hour').notNull().$type<number[]>(),
    days: json('days').notNull().$type<number[]>(),
    learnedUntil: integer('learned_until').notNull(),
    firstAt: integer('first_at'),
    heardCount: integer('heard_count').notNull(),
    checkedAt: integer('checked_at'),
  });
}
