import type { DaySums } from '#accounting/ledger/daily-sums-store.ts';
import { feeStandings } from '#accounting/ledger/ledger-store.ts';
import type { Fees } from '#accounting/ledger/tally.ts';
import type { CalendarDay } from '#kernel/calendar.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { type Kit, oneOf } from './kit.ts';

export function buildLedgerClosings({ integer, table, text }: Kit) {
  return table('book_closings', {
    number: integer('number').notNull().unique(),
    day: text('day').primaryKey().$type<CalendarDay>(),
    timeZone: text('time_zone').notNull(),
    closedAt: integer('closed_at').notNull(),
    endsAt: integer('ends_at').notNull(),
    /** The text that was hashed; a JSON column might change its form. */
    content: text('content').notNull(),
    hash: text('hash').notNull(),
    previousHash: text('previous_hash').notNull(),
    /** The run that writes its entries, until it seals it; only this column, the number and the day count until then. */
    draft: text('draft'),
  });
}

export function buildLedgerEntries(
  { index, integer, primaryKey, table, text }: Kit,
  ledgerClosings: ReturnType<typeof buildLedgerClosings>,
) {
  return table(
    'book_entries',
    {
      number: integer('number')
        .notNull()
        .references(() => ledgerClosings.number),
      paymentId: text('payment_id').notNull(),
      day: text('day').notNull().$type<CalendarDay>(),
      content: text('content').notNull(),
    },
    (row) => [
      primaryKey({ name: 'book_entries_key', columns: [row.number, row.paymentId] }),
      index('book_entries_by_payment').on(row.paymentId, row.number),
    ],
  );
}

export function buildClosingDelays({ integer, table, text }: Kit) {
  return table('book_delays', {
    day: text('day').primaryKey().$type<CalendarDay>(),
    since: integer('since').notNull(),
    lastTriedAt: integer('last_tried_at').notNull(),
    tries: integer('tries').notNull(),
    reason: text('reason').notNull(),
  });
}

export function buildProviderFees({ check, index, integer, primaryKey, table, text }: Kit) {
  return table(
    'provider_figures',
    {
      provider: text('provider', { enum: providerNames }).notNull(),
      reference: text('reference').notNull().$type<ProviderReference>(),
      asset: text('asset').notNull(),
      fee: text('fee').notNull(),
      net: text('net').notNull(),
      standing: text('standing', { enum: feeStandings }).notNull(),
      paymentId: text('payment_id').$type<PaymentId>(),
      at: integer('at').notNull(),
      readAt: integer('read_at').notNull(),
    },
    (row) => [
      primaryKey({ name: 'provider_figures_key', columns: [row.provider, row.reference, row.asset] }),
      index('provider_figures_by_standing').on(row.standing, row.at),
      index('provider_figures_by_payment').on(row.paymentId),
      check('provider_figures_standing', oneOf('standing', feeStandings)),
    ],
  );
}

export function buildSettlements({ index, integer, json, primaryKey, table, text }: Kit) {
  return table(
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
      references: json('payment_references').$type<ProviderReference[]>(),
      readAt: integer('read_at').notNull(),
    },
    (row) => [
      primaryKey({ name: 'settlements_key', columns: [row.provider, row.id] }),
      index('settlements_by_time').on(row.provider, row.settledAt),
    ],
  );
}

export function buildDailySums({ integer, json, table }: Kit) {
  return table('daily_sums', {
    from: integer('begins_at').primaryKey(),
    to: integer('ends_at').notNull(),
    orders: json('orders').notNull().$type<DaySums['orders']>(),
    fees: json('fees').notNull().$type<DaySums['fees']>(),
  });
}

/** Payments whose fees have changed since the sums of days were counted, and with which fees these count them. */
export function buildUncountedFees({ index, integer, json, table, text }: Kit) {
  return table(
    'uncounted_fees',
    {
      paymentId: text('payment_id').primaryKey().$type<PaymentId>(),
      createdAt: integer('created_at').notNull(),
      counted: json('counted').notNull().$type<Fees[]>(),
      changes: integer('changes').notNull(),
    },
    (row) => [index('uncounted_fees_by_time').on(row.createdAt, row.paymentId)],
  );
}
