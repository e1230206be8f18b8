import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { ExceptionKind, ExceptionStatus, PaymentException } from './exception.ts';

export type ExceptionChange = Partial<Omit<PaymentException, 'id' | 'key' | 'kind' | 'version' | 'openedAt'>>;

export interface ExceptionCount {
  kind: ExceptionKind;
  provider: ProviderName | null;
  count: number;
  oldestAt: Milliseconds;
}

export interface ExceptionStore {
  /** False when an exception of this key is open already; nothing is stored then. */
  insertException(exception: PaymentException): Promise<boolean>;
  findException(id: string): Promise<PaymentException | undefined>;
  findOpenException(key: string): Promise<PaymentException | undefined>;
  /** Oldest first. */
  listOpenExceptionsForOrder(orderId: OrderId): Promise<PaymentException[]>;
  /** All of these keys, open or not, newest first. */
  listExceptionsByKeys(keys: readonly string[]): Promise<PaymentException[]>;
  /** The exception of this order that was resolved by this refund. */
  findExceptionOfRefund(query: { orderId: OrderId; refundId: RefundId }): Promise<PaymentException | undefined>;
  /** Compare-and-set on status and version, which rises by one; a change to `resolved` frees the key, one to `open` takes it. */
  changeException(input: {
    id: string;
    expected: { status: ExceptionStatus; version: number };
    change: ExceptionChange;
  }): Promise<boolean>;
  /** Open ones, oldest first, after the given place. */
  listOpenExceptions(query: {
    kinds: readonly ExceptionKind[] | null;
    after: { openedAt: Milliseconds; id: string } | null;
    before?: { openedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<PaymentException[]>;
  /** Of this payment, or of this reference of this provider, in whatever status; at most `limit`, the newest first. */
  listExceptionsAbout(query: {
    provider: ProviderName;
    reference: string | null;
    paymentId: PaymentId | null;
    limit: number;
  }): Promise<PaymentException[]>;
  /** Open ones of a provider and of these kinds, oldest first; also those that wait. */
  listOpenExceptionsOfProvider(query: {
    provider: ProviderName;
    kinds: readonly ExceptionKind[];
    limit: number;
  }): Promise<PaymentException[]>;
  /** Open ones whose time to wait is over, the longest over first. */
  listExceptionsToWake(query: { now: Milliseconds; limit: number }): Promise<PaymentException[]>;
  /** Deletes what was resolved before `before`, at most `limit`; how many. */
  pruneResolvedExceptions(query: { before: Milliseconds; limit: number }): Promise<number>;
  /** Of one provider, open and resolved, oldest first, after the given place. */
  listExceptionsOf(query: {
    provider: ProviderName;
    after: { openedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<PaymentException[]>;
  /** How many are open, by kind and provider, with the age of the oldest. */
  countOpenExceptions(): Promise<ExceptionCount[]>;
}
