import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

/** `unread`: the provider says of it what this version does not understand, so that it was left out. */
export const findingKinds = ['missing_here', 'missing_there', 'status', 'amount', 'currency', 'unread'] as const;
export type FindingKind = (typeof findingKinds)[number];

export const reconciliationStatuses = ['running', 'finished', 'failed'] as const;

/** One comparison of our payments with one provider's list. */
export interface ReconciliationRun {
  id: string;
  provider: ProviderName;
  status: (typeof reconciliationStatuses)[number];
  windowFrom: Milliseconds;
  windowTo: Milliseconds;
  startedAt: Milliseconds;
  finishedAt: Milliseconds | null;
  /** When it was taken up last, after the process that worked on it had ended; null where it was not. */
  takenUpAt: Milliseconds | null;
  /** Who started it: the job's name or `admin:ID`. */
  startedBy: string;
  /** The sum of the other three. */
  comparedCount: number;
  matchedCount: number;
  healedCount: number;
  /** Differences that were not healed, including those beyond the findings that a run keeps. */
  openCount: number;
  /** Why it failed, in a sentence; null otherwise. */
  error: string | null;
}

/** How far a run has come, so that it can be taken up when its process ends. A provider has one at most. */
export interface HalfReconciliation {
  provider: ProviderName;
  runId: string;
  storedAt: Milliseconds;
  /** Payments made before this have been compared. */
  doneTo: Milliseconds;
  /** What was found so far, in a form of the comparison's own. */
  content: JsonObject;
}

export interface ReconciliationFinding {
  id: string;
  runId: string;
  kind: FindingKind;
  provider: ProviderName;
  reference: ProviderReference | null;
  paymentId: PaymentId | null;
  /** What our record and the provider's record say, in a sentence each. */
  here: string;
  there: string;
  isHealed: boolean;
  createdAt: Milliseconds;
}
