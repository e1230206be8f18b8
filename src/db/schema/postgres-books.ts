import { figureStandings } from '#accounting/ledger/ledger-store.ts';
import type { CalendarDay } from '#kernel/calendar.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { postgresCore } from '../drizzle.ts';
import { oneOf } from './one-of.ts';
import { int8 } from './postgres-columns.ts';

const { check, index, jsonb, pgTable, primaryKey, text } = postgresCore();

export const bookClosings = pgTable('book_closings', {
  number: int8('number').notNull().unique(),
  day: text('day').primaryKey().$type<CalendarDay>(),
  timeZone: text('time_zone').notNull(),
  closedAt: int8('closed_at').notNull(),
  endsAt: int8('ends_at').notNull(),
  /** As it was hashed: a text, so that no engine writes it in another way. */
  content: text('content').notNull(),
  hash: text('hash').notNull(),
  previousHash: text('previous_hash').notNull(),
});

export const bookEntries = pgTable(
  'book_entries',
  {
    number: int8('number')
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

export const bookDelays = pgTable('book_delays', {
  day: text('day').primaryKey().$type<CalendarDay>(),
  since: int8('since').notNull(),
  lastTriedAt: int8('last_tried_at').notNull(),
  tries: int8('tries').notNull(),
  reason: text('reason').notNull(),
});

export const providerFigures = pgTable(
  'provider_figures',
  {
    provider: text('provider', { enum: providerNames }).notNull(),
    reference: text('reference').notNull().$type<ProviderReference>(),
    asset: text('asset').notNull(),
    fee: text('fee').notNull(),
    net: text('net').notNull(),
    standing: text('standing', { enum: figureStandings }).notNull(),
    paymentId: text('payment_id').$type<PaymentId>(),
    at: int8('at').notNull(),
    readAt: int8('read_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'provider_figures_key', columns: [table.provider, table.reference, table.asset] }),
    index('provider_figures_by_standing').on(table.standing, table.at),
    index('provider_figures_by_payment').on(table.paymentId),
    check('provider_figures_standing', oneOf('standing', figureStandings)),
  ],
);

export const settlements = pgTable(
  'settlements',
  {
    provider: text('provider', { enum: providerNames }).notNull(),
    id: text('id').notNull(),
    currency: text('currency').notNull(),
    amount: text('amount').notNull(),
    status: text('status').notNull(),
    from: int8('period_from'),
    to: int8('period_to'),
    settledAt: int8('settled_at'),
    references: jsonb('payment_references').$type<ProviderReference[]>(),
    readAt: int8('read_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'settlements_key', columns: [table.provider, table.id] }),
    index('settlements_by_time').on(table.provider, table.settledAt),
  ],
);
