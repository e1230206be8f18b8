// The stored content of a closed day. It is hashed as it stands, so its form is a promise: fields are added, never
// renamed, and `format` rises when the meaning of one changes. Amounts are exact decimal strings and are summed per
// asset or currency, never across.
import type { CalendarDay } from '#kernel/calendar.ts';
import type { Milliseconds } from '#kernel/clock.ts';

export type LedgerSum = { count: number; amount: string };

/**
 * The payments that were made on the day, by their result. `paid`: in full, or accepted by an admin. `odd`: underpaid,
 * paid late, held for review or reversed. `unpaid`: ended without money. `open`: not ended at the closing.
 */
export const tallyGroups = ['paid', 'odd', 'unpaid', 'open'] as const;
export type TallyGroup = (typeof tallyGroups)[number];
export type Tally = Record<TallyGroup, LedgerSum>;

/** Payments that were requested in one asset; `there` is null where the provider's side is not known. */
export type AssetLine = { asset: string; here: Tally; there: Tally | null };

export type RefundLine = { currency: string; here: LedgerSum; there: LedgerSum | null };

export type FeeLine = { asset: string; count: number; fee: string; net: string };

export type ProviderLedger = {
  provider: string;
  /** Why the provider's side is not known, in a sentence; null where it is. */
  unknownWhy: string | null;
  /** It did not answer for so long that the closing no longer waited for it. */
  isGivenUp: boolean;
  payments: AssetLine[];
  /** What was received for the `paid` and the `odd` ones, in the units that the provider settles in. */
  received: { asset: string; amount: string }[];
  /** Requested here and not made there: rejected, or still searched for. */
  notMade: number;
  figures: FeeLine[];
  /** Paid ones whose fee is not known; null where the provider does not report fees. */
  withoutFigures: number | null;
  /** Refunds that succeeded on the day, of payments of whatever day. */
  refunds: RefundLine[];
  /** Why the provider's side of the refunds is not known, in a sentence; null where it is, or there are none. */
  refundsUnknownWhy: string | null;
  /** What the provider paid out to the shop on the day. */
  settlements: { currency: string; count: number; amount: string }[];
};

/** An unexplained difference between us and the provider. */
export type LedgerDifference = {
  provider: string;
  kind: string;
  reference: string | null;
  paymentId: string | null;
  order: string | null;
  here: string;
  there: string;
};

export type CorrectedField = { field: string; was: string | null; is: string | null };

/** A payment of a day that was closed before, which has changed since. */
export type Correction = {
  day: string;
  provider: string;
  paymentId: string;
  reference: string | null;
  order: string;
  changes: CorrectedField[];
};

/** By how much the corrections change what counts as paid on earlier days; with a sign. */
export type PaidChange = { provider: string; asset: string; count: number; amount: string };

export type ClosingContent = {
  format: 1;
  number: number;
  day: string;
  timeZone: string;
  /** The moments between which the day lies, RFC 3339 in UTC; `from` is where the closing before ended. */
  from: string;
  to: string;
  closedAt: string;
  providers: ProviderLedger[];
  /** What admins did on the day that moves money, by action. */
  interventions: { action: string; count: number }[];
  /** Cases that were open at the closing. */
  exceptions: { kind: string; provider: string | null; count: number }[];
  /** Differences that a case is about, or that an admin has decided about. */
  explained: number;
  /** `count` is all of them; `list` the first of them. */
  unexplained: { count: number; list: LedgerDifference[] };
  corrections: { count: number; list: Correction[]; paidChanges: PaidChange[] };
  /** The payments behind the sums, one entry each, and the hash over them. */
  entries: { count: number; hash: string };
  /** Notes for the reader of this closing, in sentences. */
  notes: string[];
};

/** One link of the chain. */
export interface Closing {
  /** 1, 2, 3 … without a gap. */
  number: number;
  day: CalendarDay;
  timeZone: string;
  closedAt: Milliseconds;
  /** Where the day ended, and the next one begins. */
  endsAt: Milliseconds;
  /** The content as it was hashed: canonical JSON. */
  content: string;
  /** 64 hex digits each. */
  hash: string;
  previousHash: string;
}

/** What is known of one payment at a closing: the day it belongs to, and what it counted as. */
export type LedgerPayment = {
  paymentId: string;
  order: string;
  day: CalendarDay;
  provider: string;
  reference: string | null;
  status: string;
  group: TallyGroup | 'not_made';
  asset: string;
  amount: string;
  received: string | null;
  receivedAsset: string | null;
  fee: string | null;
  net: string | null;
  figuresAsset: string | null;
  /** The sum of the refunds that have succeeded, in the order's currency. */
  refunded: string;
  currency: string;
};

/** One entry of a closing; the newest of a payment is what the ledger holds of it. */
export interface LedgerEntry {
  number: number;
  paymentId: string;
  day: CalendarDay;
  /** The booked payment as it was hashed: canonical JSON. */
  content: string;
}

/** A day that is due and could not be closed. */
export interface ClosingDelay {
  day: CalendarDay;
  since: Milliseconds;
  lastTriedAt: Milliseconds;
  tries: number;
  /** In a sentence. */
  reason: string;
}
