import { figureStandings } from '#accounting/ledger/ledger-store.ts';
import type { CalendarDay } from '#kernel/calendar.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { sqliteCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';

const { check, index, integer, primaryKey, sqliteTable, text } = sqliteCore();

export const bookClosings = sqliteTable('book_closings', {
  number: integer('number').notNull().unique(),
  day: text('day').primaryKey().$type<CalendarDay>(),
  timeZone: text('time_zone').notNull(),
  closedAt: integer('closed_at').notNull(),
  endsAt: integer('ends_at').notNull(),
  /** As it was hashed: a text, so that no engine writes it in another way. */
  content: text('content').notNull(),
  hash: text('hash').notNull(),
  previousHash: text('previous_hash').notNull(),
});

export const bookEntries = sqliteTable(
  'book_entries',
  {
    number: integer('number')
      .notNull()
      .references(() => bookClosings.number),
    paymentId: text('payment_id').notNull(),
    day: text('day').notNull().$type<CalendarDay>(),
    content: text('content').notNull(),
  },
  (table) => [
    primaryKey({ name: 'book_entries_key', columns: [table.number, table.paymentId] }),
    index('book_entries_by_payment').on(table.paymentId, table.number),
  ],
);

export const bookDelays = sqliteTable('book_delays', {
  day: text('day').primaryKey().$type<CalendarDay>(),
  since: integer('since').notNull(),
  lastTriedAt: integer('last_tried_at').notNull(),
  tries: integer('tries').notNull(),
  reason: text('reason').notNull(),
});

export const providerFigures = sqliteTable(
  'provider_figures',
  {
    provider: text('provider', { enum: providerNames }).notNull(),
    reference: text('reference').notNull().$type<ProviderReference>(),
    asset: text('asset').notNull(),
    fee: text('fee').notNull(),
    net: text('net').notNull(),
    standing: text('standing', { enum: figureStandings }).notNull(),
    paymentId: text('payment_id').$type<PaymentId>(),
    at: integer('at').notNull(),
    readAt: integer('read_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'provider_figures_key', columns: [table.provider, table.reference, table.asset] }),
    index('provider_figures_by_standing').on(table.standing, table.at),
    index('provider_figures_by_payment').on(table.paymentId),
    check('provider_figures_standing', oneOf('standing', figureStandings)),
  ],
);

export const settlements = sqliteTable(
  'settlements',
  {
    provider: text('provider', { enum: providerNames }).notNull(),
    id: text('id').notNull(),
    currency: text('currency').notNull(),
    amount: text('amount').notNull(),
    status: text('status').notNull(),
    from: integer('period_from'),
    to: integer('period_to'),
    settledAt: integer('settled_at'),
    references: text('payment_references', { mode: 'json' }).$type<ProviderReference[]>(),
    readAt: integer('read_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'settlements_key', columns: [table.provider, table.id] }),
    index('settlements_by_time').on(table.provider, table.settledAt),
  ],
);
