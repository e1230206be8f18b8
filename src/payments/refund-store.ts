import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Refund, RefundStatus } from './refund.ts';

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
  /** Compare-and-set on status and version, which rises by one; false when another change came first. */
  changeRefund(input: {
    id: RefundId;
    expected: { status: RefundStatus; version: number };
    change: RefundChange;
  }): Promise<boolean>;
  /** Refunds whose `nextPollAt` has come, most overdue first; those of the `except` providers are passed over. */
  listRefundsToPoll(query: { now: Milliseconds; except: readonly ProviderName[]; limit: number }): Promise<Refund[]>;
}
