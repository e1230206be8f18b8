import type { CalendarDay } from '#kernel/calendar.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Closing, ClosingDelay, LedgerEntry } from './closing.ts';

/** The next closing while a run writes its entries. It is no closing yet: nothing that lists or finds closings shows it. */
export interface ClosingDraft {
  number: number;
  day: CalendarDay;
  /** The run that writes it. Whichever run has begun it last has it; all others are told so by `holdDraft`. */
  run: string;
}

/** Closings and their entries are added and never changed, once a closing is sealed. */
export interface LedgerStore {
  /** Makes the draft, or takes it over from another run. False when this number or this day is closed already. */
  beginDraft(draft: ClosingDraft): Promise<boolean>;
  /** Whether the run has the draft; until the end of the transaction no other can take it. */
  holdDraft(draft: ClosingDraft): Promise<boolean>;
  /** Makes the draft a closing, with the entries that are there. False when the run does not have it any more. */
  sealDraft(draft: ClosingDraft, closing: Closing): Promise<boolean>;
  /** Of the draft, what another run has left. How many were deleted. */
  deleteDraftEntries(query: { number: number; limit: number }): Promise<number>;
  insertEntries(entries: readonly LedgerEntry[]): Promise<void>;
  findClosing(day: CalendarDay): Promise<Closing | undefined>;
  /** The newest. */
  findLastClosing(): Promise<Closing | undefined>;
  /** Newest first, of numbers below `before`. */
  listClosings(query: { before: number | null; limit: number }): Promise<Closing[]>;
  /** In the order of the chain, of numbers above `after`. */
  walkClosings(query: { after: number; limit: number }): Promise<Closing[]>;
  /** The entries of one closing in the order of their payments' ids, after the given one. */
  listEntries(query: { number: number; after: string | null; limit: number }): Promise<LedgerEntry[]>;
  /** The newest entry of each of these payments, of closings below `before`. */
  listNewestEntries(query: { paymentIds: readonly PaymentId[]; before: number }): Promise<LedgerEntry[]>;
  /** Records one more try at a day that cannot be closed. */
  noteDelay(delay: Pick<ClosingDelay, 'day' | 'reason'> & { at: Milliseconds }): Promise<void>;
  findDelay(day: CalendarDay): Promise<ClosingDelay | undefined>;
}

/**
 * `booked`: stored on the payment. `further`: the payment has fees in another unit already, and these are stored here
 * only. `unmatched`: no payment of ours.
 */
export const feeStandings = ['booked', 'further', 'unmatched'] as const;
export type FeeStanding = (typeof feeStandings)[number];

/** A provider's fee and net of one payment in one unit, with our payment. */
export interface ProviderFee {
  provider: ProviderName;
  reference: ProviderReference;
  asset: string;
  fee: string;
  net: string;
  standing: FeeStanding;
  paymentId: PaymentId | null;
  /** When it was entered in the provider's ledger. */
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
  /** When it was paid out; null while it was not. */
  settledAt: Milliseconds | null;
  /** The payments that it consists of; null where the provider does not list them. */
  references: ProviderReference[] | null;
  readAt: Milliseconds;
}

/** All that is known of the fees of one payment, as of one moment. */
export interface KnownFees {
  paymentId: PaymentId;
  createdAt: Milliseconds;
  /** One for each unit; that of the payment first. */
  fees: { asset: string; fee: string; net: string }[];
}

export interface FeeStore {
  /** Inserts or replaces what is known of this provider's reference and asset. */
  saveFee(figure: ProviderFee): Promise<void>;
  /** Entered in [from, to), oldest first. */
  listFees(query: {
    provider: ProviderName;
    standing: FeeStanding;
    from: Milliseconds;
    to: Milliseconds;
    limit: number;
  }): Promise<ProviderFee[]>;
  /** Of payments of one provider made in [from, to) whose fee is known, oldest first, after the given place. */
  listKnownFees(query: {
    provider: ProviderName;
    from: Milliseconds;
    to: Milliseconds;
    after: { createdAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<KnownFees[]>;
  /** In any `standing`, of these payments. */
  listFeesOfPayments(paymentIds: readonly PaymentId[]): Promise<ProviderFee[]>;
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
