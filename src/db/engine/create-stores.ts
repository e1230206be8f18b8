import type { AccountingStores } from '#accounting/ledger/deps.ts';
import type { Session } from '../query/session.ts';
import { createAuditStore, createPendingActionStore } from '../stores/access/access.ts';
import { createSettingStore } from '../stores/access/settings.ts';
import { createDailySumsStore } from '../stores/accounting/daily-sums.ts';
import { createFeeChanges } from '../stores/accounting/fee-changes.ts';
import { createFeeStore } from '../stores/accounting/fees.ts';
import { createLedgerStore } from '../stores/accounting/ledger.ts';
import { createCaseGroupStore } from '../stores/cases/case-groups.ts';
import { createCaseStore } from '../stores/cases/cases.ts';
import { createInboxStore } from '../stores/messaging/inbox.ts';
import {
  createChatMoveStore,
  createQuarantineStore,
  createSentMessageStore,
} from '../stores/messaging/message-records.ts';
import { createOutboxStore } from '../stores/messaging/outbox.ts';
import { createIdempotencyStore, createTimelineStore } from '../stores/orders/order-records.ts';
import { createOrderStore } from '../stores/orders/orders.ts';
import { createProductStore } from '../stores/orders/products.ts';
import { createChannelOrderStore } from '../stores/payments/channel-orders.ts';
import { createOutageStore, createWebhookRateStore } from '../stores/payments/outages.ts';
import { createPaymentStore } from '../stores/payments/payments.ts';
import { createReconciliationStore } from '../stores/payments/reconciliation.ts';
import { createRefundStore } from '../stores/payments/refunds.ts';

/** Every store over one connection. Statements are prepared at their first use and kept with the connection. */
export function createStores(session: Session): AccountingStores {
  const feeChanges = createFeeChanges(session);
  return {
    orders: createOrderStore(session),
    timeline: createTimelineStore(session),
    idempotency: createIdempotencyStore(session),
    payments: createPaymentStore(session, feeChanges),
    reconciliation: createReconciliationStore(session),
    refunds: createRefundStore(session),
    channelOrders: createChannelOrderStore(session),
    products: createProductStore(session),
    settings: createSettingStore(session),
    ledger: createLedgerStore(session),
    fees: createFeeStore(session, feeChanges),
    dailySums: createDailySumsStore(session),
    outages: createOutageStore(session),
    webhookRates: createWebhookRateStore(session),
    cases: createCaseStore(session),
    caseGroups: createCaseGroupStore(session),
    audit: createAuditStore(session),
    pendingActions: createPendingActionStore(session),
    inbox: createInboxStore(session),
    outbox: createOutboxStore(session),
    quarantine: createQuarantineStore(session),
    sentMessages: createSentMessageStore(session),
    chatMoves: createChatMoveStore(session),
  };
}
