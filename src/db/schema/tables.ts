import { buildAuditRecords, buildPendingActions, buildStoredSettings } from './access.ts';
import {
  buildClosingDelays,
  buildDailySums,
  buildLedgerClosings,
  buildLedgerEntries,
  buildProviderFees,
  buildSettlements,
  buildUncountedFees,
} from './accounting.ts';
import { buildProviderOutages, buildWebhookRates } from './availability.ts';
import { buildCaseGroups, buildCases } from './cases.ts';
import { buildChannelLicenses, buildChannelOrderMarks, buildChannelSubscriptions } from './channels.ts';
import type { Kit } from './kit.ts';
import {
  buildChatMoves,
  buildInboxEvents,
  buildOutboxMessages,
  buildQuarantinedWebhooks,
  buildSentMessages,
} from './messaging.ts';
import { buildCounters, buildIdempotentRequests, buildOrders, buildProducts, buildTimelineEntries } from './orders.ts';
import { buildPayments, buildPaymentTransactionIds, buildRefunds } from './payments.ts';
import { buildHalfReconciliations, buildReconciliationFindings, buildReconciliationRuns } from './reconciliation.ts';

/** Every table, made with the kit of one engine. */
export function buildTables(kit: Kit) {
  const orders = buildOrders(kit);
  const payments = buildPayments(kit, orders);
  const reconciliationRuns = buildReconciliationRuns(kit);
  const ledgerClosings = buildLedgerClosings(kit);
  return {
    orders,
    timelineEntries: buildTimelineEntries(kit, orders),
    idempotentRequests: buildIdempotentRequests(kit),
    counters: buildCounters(kit),
    products: buildProducts(kit),
    payments,
    paymentTransactionIds: buildPaymentTransactionIds(kit, payments),
    refunds: buildRefunds(kit, { orders, payments }),
    reconciliationRuns,
    halfReconciliations: buildHalfReconciliations(kit),
    reconciliationFindings: buildReconciliationFindings(kit, reconciliationRuns),
    cases: buildCases(kit),
    caseGroups: buildCaseGroups(kit),
    auditRecords: buildAuditRecords(kit),
    pendingActions: buildPendingActions(kit),
    storedSettings: buildStoredSettings(kit),
    inboxEvents: buildInboxEvents(kit),
    outboxMessages: buildOutboxMessages(kit),
    quarantinedWebhooks: buildQuarantinedWebhooks(kit),
    sentMessages: buildSentMessages(kit),
    chatMoves: buildChatMoves(kit),
    ledgerClosings,
    ledgerEntries: buildLedgerEntries(kit, ledgerClosings),
    closingDelays: buildClosingDelays(kit),
    providerFees: buildProviderFees(kit),
    settlements: buildSettlements(kit),
    dailySums: buildDailySums(kit),
    uncountedFees: buildUncountedFees(kit),
    channelOrderMarks: buildChannelOrderMarks(kit),
    channelLicenses: buildChannelLicenses(kit),
    channelSubscriptions: buildChannelSubscriptions(kit),
    providerOutages: buildProviderOutages(kit),
    webhookRates: buildWebhookRates(kit),
  };
}

export type Tables = ReturnType<typeof buildTables>;
