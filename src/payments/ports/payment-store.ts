import type { AccessStores } from '#access/access-store.ts';
import type { SettingStore } from '#access/setting-store.ts';
import type { CaseStores } from '#cases/case-store.ts';
import type { CatalogStores } from '#catalog/product-store.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { TransactionContext } from '#kernel/transaction-context.ts';
import type { MessagingStores } from '#messaging/queues/messaging-store.ts';
import type { OrderStores } from '#orders/order-store.ts';
import type { Payment, PaymentStatus } from '../model/payment.ts';
import type { HalfReconciliation, ReconciliationFinding, ReconciliationRun } from '../model/reconciliation.ts';
import type { WebhookRate } from '../model/webhook-rate.ts';
import type { ChannelOrderStore } from './channel-order-store.ts';
import type { OutageStore } from './outage-store.ts';
import type { RefundStore } from './refund-store.ts';

export type PaymentChange = Partial<
  Omit<Payment, 'id' | 'orderId' | 'provider' | 'version' | 'createdAt' | 'currency'>
> & { updatedAt: Milliseconds };

export interface PaymentStore {
  insertPayment(payment: Payment): Promise<void>;
  findPayment(id: PaymentId): Promise<Payment | undefined>;
  findPaymentByReference(query: { provider: ProviderName; reference: ProviderReference }): Promise<Payment | undefined>;
  /** Oldest first. */
  listPaymentsForOrder(orderId: OrderId): Promise<Payment[]>;
  /** The same of the order that this payment is of, itself among them; none where there is no such payment. */
  listPaymentsBeside(id: PaymentId): Promise<Payment[]>;
  /** Changes the payment as it was loaded, and its version with it; throws ConcurrentChange when another change came first. */
  changePayment(payment: Payment, change: PaymentChange): Promise<Payment>;
  /** The same, but undefined when another change came first. */
  tryChangePayment(payment: Payment, change: PaymentChange): Promise<Payment | undefined>;
  /**
   * Takes the lease when it is free or over; does not touch the version. The payment with it; undefined when somebody else
   * holds it, or there is no such payment.
   */
  leasePayment(input: {
    id: PaymentId;
    by: string;
    now: Milliseconds;
    until: Milliseconds;
  }): Promise<Payment | undefined>;
  /** Gives the lease back if `by` still holds it. */
  releasePayment(input: { id: PaymentId; by: string }): Promise<void>;
  /** Ends every lease, whoever holds it; only for an engine with one process, before it begins its work. How many. */
  releaseAllPayments(): Promise<number>;
  /** Every lease on a payment. */
  listPaymentLeases(): Promise<string[]>;
  /** Ends the leases that are named: their process is dead. How many. */
  endPaymentLeases(leases: readonly string[]): Promise<number>;
  /**
   * Payments whose `nextPollAt` is past and whose lease is free, most overdue first; both creation states that can be
   * fetched. Those of the `except` providers are skipped.
   */
  listPaymentsToPoll(query: { now: Milliseconds; except: readonly ProviderName[]; limit: number }): Promise<Payment[]>;
  /** Polls that are due after `latest` are due then. */
  hastenPolls(input: { latest: Milliseconds }): Promise<void>;
  /** Leases that last until after `latest` end then. */
  boundPaymentLeases(input: { latest: Milliseconds }): Promise<void>;
  /** Payments of one provider that are still polled, due or not, most overdue first. */
  listAskedPayments(query: { provider: ProviderName; limit: number }): Promise<Payment[]>;
  /**
   * Payments of one provider, made in `made`, whose status a snapshot changed after `since`: to one of `to`, or to any
   * when it is null. Changes by admins do not count, nor, without `withWebhooks`, those that a webhook caused.
   */
  listMovedPayments(query: {
    provider: ProviderName;
    made: { from: Milliseconds; to: Milliseconds };
    moved: { after: Milliseconds; until: Milliseconds };
    to: readonly PaymentStatus[] | null;
    withWebhooks: boolean;
    limit: number;
  }): Promise<PaymentId[]>;
  /** Payments of one provider made in [from, to), oldest first, after the given payment. */
  listPaymentsMadeBetween(query: {
    provider: ProviderName;
    from: Milliseconds;
    to: Milliseconds;
    after: { createdAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<Payment[]>;
  /** When the payment was made that is `skipped` after the first one of those in [from, to); undefined where there are fewer. */
  findMadeAfter(query: {
    provider: ProviderName;
    from: Milliseconds;
    to: Milliseconds;
    skipped: number;
  }): Promise<Milliseconds | undefined>;
  /**
   * Payments made before `madeBefore` that have changed since `since`, in the order of their changes, after the given
   * place.
   */
  listPaymentsChangedSince(query: {
    since: Milliseconds;
    madeBefore: Milliseconds;
    after: { updatedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<Payment[]>;
  /** Payments of one provider in one of these statuses, made in [from, to), whose fee is not known; oldest first. */
  listPaymentsWithoutFees(query: {
    provider: ProviderName;
    statuses: readonly PaymentStatus[];
    from: Milliseconds;
    to: Milliseconds;
    limit: number;
  }): Promise<Payment[]>;
  /** Payments whose captured amount is not computed, by their id, after the given one. */
  listUncountedPayments(query: { after: PaymentId | null; limit: number }): Promise<Payment[]>;
  listPaymentsOfOrders(orderIds: readonly OrderId[]): Promise<Payment[]>;
  /** Exact reference or payment id, or any transaction id that equals the text; newest first. */
  searchPayments(query: { text: string; limit: number }): Promise<Payment[]>;
  /** How many payments of the provider are still to be paid. */
  countOpenPayments(provider: ProviderName): Promise<number>;
}

export interface ReconciliationStore {
  insertRun(run: ReconciliationRun): Promise<void>;
  /** Replaces counters, status and findings count of a run that is `running`. False when it is no longer. */
  changeRun(run: ReconciliationRun): Promise<boolean>;
  /** Stores how far a run has come, instead of what was stored for its provider before. */
  saveHalf(half: HalfReconciliation): Promise<void>;
  findHalf(provider: ProviderName): Promise<HalfReconciliation | undefined>;
  dropHalf(provider: ProviderName): Promise<void>;
  /** Has a `failed` run be `running` again, without the findings that it may have stored before it ended. False when it is not `failed` any more: another process took it up. */
  takeUpRun(input: { id: string; at: Milliseconds }): Promise<boolean>;
  /** Ends what is still `running` and was begun or taken up before the given time, or at any time when it is null; how many. */
  failRunningRuns(input: { startedBefore: Milliseconds | null; at: Milliseconds; error: string }): Promise<number>;
  findRun(id: string): Promise<ReconciliationRun | undefined>;
  /** Newest first. */
  listRuns(query: { limit: number }): Promise<ReconciliationRun[]>;
  /** Of one provider, oldest first, after the given place. */
  listRunsOf(query: {
    provider: ProviderName;
    after: { startedAt: Milliseconds; id: string } | null;
    limit: number;
  }): Promise<ReconciliationRun[]>;
  insertFinding(finding: ReconciliationFinding): Promise<void>;
  listFindings(query: { runId: string; limit: number }): Promise<ReconciliationFinding[]>;
  /** Deletes findings of runs that began before `before`, then such runs without any, at most `limit` of each; how many. */
  prune(query: { before: Milliseconds; limit: number }): Promise<number>;
}

export interface WebhookRateStore {
  listRates(providers: readonly ProviderName[]): Promise<WebhookRate[]>;
  /** Inserts or replaces the row of its provider. */
  saveRate(rate: WebhookRate): Promise<void>;
}

/** What the payments room needs of the database: its own stores and those of the rooms it may call. */
export interface PaymentStores extends OrderStores, CatalogStores, CaseStores, AccessStores, MessagingStores {
  payments: PaymentStore;
  reconciliation: ReconciliationStore;
  refunds: RefundStore;
  channelOrders: ChannelOrderStore;
  settings: SettingStore;
  outages: OutageStore;
  webhookRates: WebhookRateStore;
}

/** The context of one database transaction over these stores. */
export type PaymentTx = TransactionContext<PaymentStores>;
