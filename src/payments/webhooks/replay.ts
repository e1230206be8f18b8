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
      /** By the provider's name for it; null for all. */
      eventType: string | null;
    };

export type ReplayMode = 'dry_run' | 'real';

export interface Move {
  orderNumber: string;
  provider: ProviderName;
  from: PaymentStatus;
  to: PaymentStatus;
}

/** What an event of a channel contains that is not recorded here. */
export type Booking =
  | {
      kind: 'sale';
      reference: string;
      money: Money;
      as: 'paid' | 'paid_if_licensed' | 'held';
      /** Of the order that was made; null while there is none. */
      orderNumber: string | null;
    }
  /** The refunded sum as far as it is known; it waits where the order itself was not received. */
  | { kind: 'refund'; reference: string; money: Money; isWaiting: boolean }
  | { kind: 'subscription'; reference: string; status: Subscription['status'] };

export interface ReplayReport {
  mode: ReplayMode;
  /** Events that were found, and those that this version or the present secrets do not accept. */
  found: number;
  refused: number;
  isCut: boolean;
  /** Payments and channel events of the accepted events, and how many of them were processed. */
  total: number;
  processed: number;
  /** Payments and the like that they are about; a channel may send several events of one, and each is processed. */
  subjects: number;
  /** What changed, or would change; the first so many of `movedCount`. */
  moves: Move[];
  movedCount: number;
  /** What was recorded, or would be; the first so many of `bookedCount`. */
  bookings: Booking[];
  bookedCount: number;
  /** Channel orders that are held for review, and stay so until an admin decides. */
  held: number;
  unchanged: number;
  unknown: number;
  /** Could not be read or fetched, or are being processed elsewhere. */
  failed: number;
  /** Why it ended early; null when it did not. */
  stoppedBy: string | null;
}
