import type { AccessStores } from '#access/access-store.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { TransactionContext, TransactionDeps } from '#kernel/transaction-context.ts';
import type { MessagingStores } from '#messaging/queues/messaging-store.ts';
import type { Case, CaseGroup, CaseKind, CaseStatus } from './case.ts';

export type CaseChange = Partial<Omit<Case, 'id' | 'key' | 'version' | 'openedAt'>>;

export interface CasePlace {
  openedAt: Milliseconds;
  id: string;
}

export interface CaseCount {
  kind: CaseKind;
  provider: ProviderName | null;
  status: CaseStatus;
  rings: boolean;
  count: number;
  oldestAt: Milliseconds;
}

export interface CaseStore {
  /** False when a case of this key that is not resolved exists already; nothing is stored then. */
  insertCase(one: Case): Promise<boolean>;
  findCase(id: string): Promise<Case | undefined>;
  /** The case of this key that is not resolved. */
  findLiveCase(key: string): Promise<Case | undefined>;
  /**
   * Compares status and version with the case as it was loaded, and returns the changed one; throws ConcurrentChange when it
   * was overtaken. A change to `resolved` frees the key, one from it takes the key.
   */
  changeCase(one: Case, change: CaseChange): Promise<Case>;
  /** Not resolved, oldest first. */
  listLiveCasesForOrder(orderId: OrderId): Promise<Case[]>;
  /** The same of several orders. */
  listLiveCasesOfOrders(orderIds: readonly OrderId[]): Promise<Case[]>;
  /** Those of these keys that are not resolved, oldest first. */
  listLiveCasesByKeys(keys: readonly string[]): Promise<Case[]>;
  /** All of these keys, live or not, newest first. */
  listCasesByKeys(keys: readonly string[]): Promise<Case[]>;
  /** The case of this order that was decided with this refund, by one of these resolutions. */
  findCaseOfRefund(query: {
    orderId: OrderId;
    refundId: RefundId;
    resolutions: readonly string[];
  }): Promise<Case | undefined>;
  /**
   * By age, those that follow `after` in the order, or the nearest ones that precede `before`; null stands for all kinds.
   * `rings` leaves out what has no card of its own.
   */
  listCases(query: {
    statuses: readonly CaseStatus[];
    kinds: readonly CaseKind[] | null;
    rings?: true;
    order: 'oldest_first' | 'newest_first';
    after?: CasePlace | null;
    before?: CasePlace | null;
    limit: number;
  }): Promise<Case[]>;
  /** Of this payment, or of this reference of this provider, in whatever status; at most `limit`, newest first. */
  listCasesAbout(query: {
    provider: ProviderName;
    reference: string | null;
    paymentId: PaymentId | null;
    kinds: readonly CaseKind[];
    limit: number;
  }): Promise<Case[]>;
  /** Not resolved, of a provider and of these kinds, oldest first. */
  listLiveCasesOfProvider(query: {
    provider: ProviderName;
    kinds: readonly CaseKind[];
    limit: number;
  }): Promise<Case[]>;
  /** Not resolved and of this kind, oldest first. */
  listLiveCasesOfKind(query: { kind: CaseKind; limit: number }): Promise<Case[]>;
  /** Snoozed ones whose time is over, the longest over first. */
  listCasesToWake(query: { now: Milliseconds; limit: number }): Promise<Case[]>;
  /** Of one provider and of these kinds, live or not, oldest first, after the given place. */
  listCasesOfProvider(query: {
    provider: ProviderName;
    kinds: readonly CaseKind[];
    /** Leaves out what has no card of its own. */
    rings?: true;
    after: CasePlace | null;
    limit: number;
  }): Promise<Case[]>;
  /** Deletes what was resolved before `before`, at most `limit`; the ids. */
  pruneResolvedCases(query: { before: Milliseconds; limit: number }): Promise<string[]>;
  /** How many that ring were opened since then, at most `limit`. */
  countRecentCases(query: Pick<Case, 'kind' | 'severity'> & { since: Milliseconds; limit: number }): Promise<number>;
  /** How many are not resolved, by kind, provider and status, with the age of the oldest. */
  countLiveCases(): Promise<CaseCount[]>;
}

export interface CaseGroupStore {
  /** False when one of its kind and severity is open already; nothing is stored then. */
  insertGroup(group: CaseGroup): Promise<boolean>;
  findGroup(id: string): Promise<CaseGroup | undefined>;
  /** The one that takes cases of this kind and severity. */
  findOpenGroup(query: Pick<CaseGroup, 'kind' | 'severity'>): Promise<CaseGroup | undefined>;
  /** It takes no more cases; nothing happens to one that is closed. */
  closeGroup(group: Pick<CaseGroup, 'id'>): Promise<void>;
  /** How many cases it has, by status. */
  countGroupCases(groupId: string): Promise<{ status: CaseStatus; count: number }[]>;
  /** Those of this status, oldest first. */
  listGroupCases(query: { groupId: string; status: CaseStatus; limit: number }): Promise<Case[]>;
  /** Deletes those that were opened before then and have no case any more, at most `limit`; their ids. */
  pruneGroups(query: { before: Milliseconds; limit: number }): Promise<string[]>;
}

/** What the cases room needs of the database. */
export interface CaseStores extends MessagingStores, AccessStores {
  cases: CaseStore;
  caseGroups: CaseGroupStore;
}

/** What a verb of another room needs to raise, change or resolve a case in its own transaction. */
export type CaseTx = TransactionContext<CaseStores>;

export type CaseDeps = TransactionDeps<CaseStores>;
