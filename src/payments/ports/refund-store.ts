import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Refund } from '../model/refund.ts';

export type RefundChange = Partial<
  Pick<
    Refund,
    | 'status'
    | 'approvedById'
    | 'reference'
    | 'claimUrl'
    | 'providerStatus'
    | 'transactionIds'
    | 'sentAt'
    | 'sends'
    | 'nextPollAt'
    | 'settledAt'
  >
> & { updatedAt: Milliseconds };

export interface RefundStore {
  insertRefund(refund: Refund): Promise<void>;
  findRefund(id: RefundId): Promise<Refund | undefined>;
  findRefundByKey(requestKey: string): Promise<Refund | undefined>;
  /** Oldest first. */
  listRefundsForOrder(orderId: OrderId): Promise<Refund[]>;
  listRefundsForPayment(paymentId: PaymentId): Promise<Refund[]>;
  listRefundsForPayments(paymentIds: readonly PaymentId[]): Promise<Refund[]>;
  /** Refunds of one provider that succeeded in [from, to), oldest first. */
  listRefundsSucceededBetween(query: {
    provider: ProviderName;
    from: Milliseconds;
    to: Milliseconds;
    limit: number;
  }): Promise<Refund[]>;
  /** Refunds that have changed since `since`, in the order of their changes, after the given place. */
  listRefundsChangedSince(query: {
    since: Milliseconds;
    after: { updatedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<Refund[]>;
  /** Changes the refund as it was loaded, and its version with it; throws ConcurrentChange when another change came first. */
  changeRefund(refund: Refund, change: RefundChange): Promise<Refund>;
  /** Refunds whose `nextPollAt` is past, most overdue first; those of the `except` providers are skipped. */
  listRefundsToPoll(query: { now: Milliseconds; except: readonly ProviderName[]; limit: number }): Promise<Refund[]>;
  /** Polls that are due after `latest` are due then. */
  hastenPolls(input: { latest: Milliseconds }): Promise<void>;
}
