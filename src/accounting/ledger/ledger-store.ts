import type { CalendarDay } from '#kernel/calendar.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { BookClosing, BookDelay, BookEntry } from './closing.ts';

/** Closings and their entries are added and never changed. */
export interface BookStore {
  /** False when this number or this day is closed already; nothing is stored then. */
  insertClosing(closing: BookClosing): Promise<boolean>;
  insertEntries(entries: readonly BookEntry[]): Promise<void>;
  findClosing(day: CalendarDay): Promise<BookClosing | undefined>;
  /** The newest. */
  findLastClosing(): Promise<BookClosing | undefined>;
  /** Newest first, of numbers below `before`. */
  listClosings(query: { before: number | null; limit: number }): Promise<BookClosing[]>;
  /** In the order of the chain, of numbers above `after`. */
  walkClosings(query: { after: number; limit: number }): Promise<BookClosing[]>;
  /** The entries of one closing in the order of their payments' ids, after the given one. */
  listEntries(query: { number: number; after: string | null; limit: number }): Promise<BookEntry[]>;
  /** The newest entry of each of these payments, of closings below `before`. */
  listNewestEntries(query: { paymentIds: readonly PaymentId[]; before: number }): Promise<BookEntry[]>;
  /** Notes one more try at a day that cannot be closed. */
  noteDelay(delay: Pick<BookDelay, 'day' | 'reason'> & { at: Milliseconds }): Promise<void>;
  findDelay(day: CalendarDay): Promise<BookDelay | undefined>;
}

/**
 * `booked`: it stands on the payment. `further`: the payment has figures in another unit already, and these stand here
 * only. `unmatched`: we know no such payment.
 */
export const figureStandings = ['booked', 'further', 'unmatched'] as const;
export type FigureStanding = (typeof figureStandings)[number];

/** What a provider's books say of one payment in one unit, with the payment that we know it as. */
export interface ProviderFigure {
  provider: ProviderName;
  reference: ProviderReference;
  asset: string;
  fee: string;
  net: string;
  standing: FigureStanding;
  paymentId: PaymentId | null;
  /** When it was credited. */
  at: Milliseconds;
  readAt: Milliseconds;
}

export interface Settlement {
  provider: ProviderName;
  /** The provider's own id. */
  id: string;
  currency: string;
  amount: string;
  /** The provider's own words. */
  status: string;
  from: Milliseconds | null;
  to: Milliseconds | null;
  /** When it was paid out; null while it has not been. */
  settledAt: Milliseconds | null;
  /** The payments that it is made of; null where the provider does not tell. */
  references: ProviderReference[] | null;
  readAt: Milliseconds;
}

export interface FiguresStore {
  /** Inserts or replaces what is known of this provider's reference and asset. */
  saveFigure(figure: ProviderFigure): Promise<void>;
  /** Credited in [from, to), oldest first. */
  listFigures(query: {
    provider: ProviderName;
    standing: FigureStanding;
    from: Milliseconds;
    to: Milliseconds;
    limit: number;
  }): Promise<ProviderFigure[]>;
  /** In whatever standing, of these payments. */
  listFiguresOfPayments(paymentIds: readonly PaymentId[]): Promise<ProviderFigure[]>;
  /** Inserts or replaces what is known of this provider's settlement. */
  saveSettlement(settlement: Settlement): Promise<void>;
  /** Paid out in [from, to), oldest first. */
  listSettlements(query: {
    provider: ProviderName;
    from: Milliseconds;
    to: Milliseconds;
    limit: number;
  }): Promise<Settlement[]>;
}
