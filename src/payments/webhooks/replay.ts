import type { Milliseconds } from '#kernel/clock.ts';
import type { Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentStatus } from '../model/payment.ts';
import type { Subscription } from '../ports/sales-channel.ts';

export type ReplayRange =
  | { kind: 'event'; eventId: string }
  | {
      kind: 'range';
      provider: ProviderName;
      from: Milliseconds;
      to: Milliseconds;
      /** As the provider calls it; null for all. */
      eventType: string | null;
    };

export type ReplayMode = 'dry_run' | 'real';

export interface Move {
  orderNumber: string;
  provider: ProviderName;
  from: PaymentStatus;
  to: PaymentStatus;
}

/** What an event of a channel tells that is not booked here. */
export type Booking =
  | {
      kind: 'sale';
      reference: string;
      money: Money;
      as: 'paid' | 'paid_if_licensed' | 'held';
      /** Of the order that was made; null while there is none. */
      orderNumber: string | null;
    }
  /** In all, as far as is known; it waits where the order itself has not come. */
  | { kind: 'refund'; reference: string; money: Money; isWaiting: boolean }
  | { kind: 'subscription'; reference: string; status: Subscription['status'] };

export interface ReplayReport {
  mode: ReplayMode;
  /** Events that were found, and those that today's code or secrets do not accept. */
  found: number;
  refused: number;
  isCut: boolean;
  /** Things that the accepted events are about, and how many of them have been processed. */
  total: number;
  processed: number;
  /** Payments and the like that they are about; a channel tells of one by several events, and each is processed. */
  subjects: number;
  /** What moved, or would move; the first so many of `movedCount`. */
  moves: Move[];
  movedCount: number;
  /** What was booked, or would be; the first so many of `bookedCount`. */
  bookings: Booking[];
  bookedCount: number;
  /** Channel orders that are held, and stay so until an admin decides. */
  held: number;
  unchanged: number;
  unknown: number;
  /** Could not be read or asked about, or are being worked on elsewhere. */
  failed: number;
  /** Why it ended before its end; null when it did not. */
  stoppedBy: string | null;
}
