import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { PaymentStatus } from '../payment.ts';

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

export interface ReplayReport {
  mode: ReplayMode;
  /** Events that were found, and those that today's code or secrets do not accept. */
  found: number;
  refused: number;
  isCut: boolean;
  /** Things that the accepted events are about, and how many of them have been looked at. */
  total: number;
  looked: number;
  /** What moved, or would move; the first so many of `movedCount`. */
  moves: Move[];
  movedCount: number;
  unchanged: number;
  unknown: number;
  /** Could not be asked about, or are in other hands. */
  failed: number;
  /** Why it ended before its end; null when it did not. */
  stoppedBy: string | null;
}
