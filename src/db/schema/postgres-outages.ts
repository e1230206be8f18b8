import { providerNames } from '#kernel/provider-name.ts';
import { outageStatuses } from '#payments/model/outage.ts';
import { postgresCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';
import { int8 } from './postgres-columns.ts';

const { check, index, jsonb, pgTable, text } = postgresCore();

export const providerOutages = pgTable(
  'provider_outages',
  {
    id: text('id').primaryKey(),
    provider: text('provider', { enum: providerNames }).notNull(),
    /** The provider while the outage is not over, then null: unique, so that a provider has one outage at a time. */
    liveProvider: text('live_provider').unique(),
    status: text('status', { enum: outageStatuses }).notNull(),
    version: int8('version').notNull(),
    beganAt: int8('began_at').notNull(),
    reason: text('reason').notNull(),
    askedAt: int8('asked_at').notNull(),
    goneSince: int8('gone_since'),
    goneCount: int8('gone_count').notNull(),
    retiredAt: int8('retired_at'),
    answeredAt: int8('answered_at'),
    endedAt: int8('ended_at'),
    lookedCount: int8('looked_count').notNull(),
    recoveredCount: int8('recovered_count').notNull(),
    lostCount: int8('lost_count').notNull(),
  },
  (table) => [
    index('provider_outages_by_time').on(table.beganAt, table.id),
    check('provider_outages_status', oneOf('status', outageStatuses)),
  ],
);

export const webhookRates = pgTable('webhook_rates', {
  provider: text('provider', { enum: providerNames }).primaryKey(),
  perHour: jsonb('per_hour').notNull().$type<number[]>(),
  days: jsonb('days').notNull().$type<number[]>(),
  learnedUntil: int8('learned_until').notNull(),
  firstAt: int8('first_at'),
  heardCount: int8('heard_count').notNull(),
  checkedAt: int8('checked_at'),
});
