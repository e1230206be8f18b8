import { providerNames } from '#kernel/provider-name.ts';
import { outageStatuses } from '#payments/model/outage.ts';
import { sqliteCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';

const { check, index, integer, sqliteTable, text } = sqliteCore();

export const providerOutages = sqliteTable(
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
  (table) => [
    index('provider_outages_by_time').on(table.beganAt, table.id),
    check('provider_outages_status', oneOf('status', outageStatuses)),
  ],
);

export const webhookRates = sqliteTable('webhook_rates', {
  provider: text('provider', { enum: providerNames }).primaryKey(),
  perHour: text('per_hour', { mode: 'json' }).notNull().$type<number[]>(),
  days: text('days', { mode: 'json' }).notNull().$type<number[]>(),
  learnedUntil: integer('learned_until').notNull(),
  firstAt: integer('first_at'),
  heardCount: integer('heard_count').notNull(),
  checkedAt: integer('checked_at'),
});
