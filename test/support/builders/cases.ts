import { type Case, type CaseKind, type CaseStatus, caseStatuses, decisionKinds, liveStatuses } from '#cases/case.ts';
import type { CaseStore } from '#cases/case-store.ts';

const first = { after: null, limit: 100 } as const;

/** Cases that are alerts, newest first. */
export function listAlerts(
  stores: { cases: CaseStore },
  statuses: readonly CaseStatus[] = caseStatuses,
): Promise<Case[]> {
  return stores.cases.listCases({ ...first, statuses, kinds: null, rings: true, order: 'newest_first' });
}

/** Cases that wait for a decision, oldest first. */
export function listDecisions(
  stores: { cases: CaseStore },
  kinds: readonly CaseKind[] = decisionKinds,
): Promise<Case[]> {
  return stores.cases.listCases({ ...first, statuses: liveStatuses, kinds, order: 'oldest_first' });
}

/** A case as a store keeps it; what is left out does not apply. */
export function aCase(change: Partial<Omit<Case, 'facts'>> & { facts?: Partial<Case['facts']> } = {}): Case {
  const { facts, ...rest } = change;
  return {
    id: 'case-1',
    key: 'payment_underpaid:order-1',
    kind: 'payment_underpaid',
    severity: 'warning',
    status: 'open',
    version: 1,
    rings: true,
    groupId: null,
    orderId: null,
    paymentId: null,
    refundId: null,
    provider: null,
    reference: null,
    subjectAt: null,
    facts: {
      headline: 'Payment underpaid',
      orderNumber: null,
      amount: null,
      detail: null,
      why: 'New',
      trust: null,
      differenceFiat: null,
      differenceCoin: null,
      money: null,
      label: null,
      here: null,
      there: null,
      ...facts,
    },
    actions: [],
    occurrences: 1,
    openedAt: 0,
    lastRaisedAt: 0,
    assigneeId: null,
    assigneeName: null,
    assignedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    snoozedUntil: null,
    resolvedAt: null,
    resolution: null,
    resolvedBy: null,
    reason: null,
    outcome: null,
    undo: null,
    ...rest,
  };
}
