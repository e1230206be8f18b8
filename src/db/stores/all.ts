import type { PaymentStores } from '#payments/ports/payment-store.ts';
import type { Session } from '../dialect.ts';
import { createAuditStore, createPendingActionStore } from './access.ts';
import { createLedgerStore } from './books.ts';
import { createCaseStore } from './cases.ts';
import { createFeeStore } from './figures.ts';
import { createInboxStore } from './inbox.ts';
import { createQuarantineStore, createSentMessageStore } from './message-records.ts';
import { createIdempotencyStore, createTimelineStore } from './order-records.ts';
import { createOrderStore } from './orders.ts';
import { createOutageStore, createWebhookRateStore } from './outages.ts';
import { createOutboxStore } from './outbox.ts';
import { createPaymentStore } from './payments.ts';
import { createProductStore } from './products.ts';
import { createReconciliationStore } from './reconciliation.ts';
import { createRefundStore } from './refunds.ts';
import { createChannelOrderStore } from './sales.ts';
import { createSettingStore } from './settings.ts';

/** Every store over one connection. Statements are prepared at their first use, and stay with the connection. */
export function createStores(session: Session): PaymentStores {
  return {
    orders: createOrderStore(session),
    timeline: createTimelineStore(session),
    idempotency: createIdempotencyStore(session),
    payments: createPaymentStore(session),
    reconciliation: createReconciliationStore(session),
    refunds: createRefundStore(session),
    channelOrders: createChannelOrderStore(session),
    products: createProductStore(session),
    settings: createSettingStore(session),
    ledger: createLedgerStore(session),
    fees: createFeeStore(session),
    outages: createOutageStore(session),
    webhookRates: createWebhookRateStore(session),
    cases: createCaseStore(session),
    audit: createAuditStore(session),
    pendingActions: createPendingActionStore(session),
    inbox: createInboxStore(session),
    outbox: createOutboxStore(session),
    quarantine: createQuarantineStore(session),
    sentMessages: createSentMessageStore(session),
  };
}
