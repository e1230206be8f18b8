import type { AuditRecord, PendingAction } from '#access/access-store.ts';
import { asOrderId, asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { NewInboxEvent, NewOutboxMessage } from '#messaging/queues/messaging-store.ts';
import type { Order } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import type { Payment } from '#payments/model/payment.ts';

export const noon = 1_795_348_800_000;

export function sampleOrder(number: number, change: Partial<Order> = {}): Order {
  return {
    id: asOrderId(`order-${number}`),
    number,
    status: 'awaiting_payment',
    version: 1,
    currency: 'USD',
    amountMinor: 4_900,
    items: [{ sku: 'EBOOK', name: 'Field Guide', quantity: 1, unitAmountMinor: 4_900 }],
    reference: null,
    customerEmail: null,
    customerName: null,
    redirectUrl: null,
    metadata: { campaign: 'spring' },
    origin: 'store',
    note: null,
    attention: null,
    createdAt: noon + number,
    updatedAt: noon + number,
    expiresAt: noon + 3_600_000,
    paidAt: null,
    fulfilledAt: null,
    ...change,
  };
}

export function samplePayment(order: Order, change: Partial<Payment> = {}): Payment {
  return {
    id: asPaymentId(`payment-of-${order.id}`),
    orderId: order.id,
    provider: 'btcpay',
    status: 'created',
    version: 1,
    creation: 'confirmed',
    details: [],
    heldAt: null,
    acceptedAt: null,
    acceptedBy: null,
    acceptedReason: null,
    feeAmount: null,
    netAmount: null,
    figuresAsset: null,
    settledAt: null,
    currency: order.currency,
    amountMinor: order.amountMinor,
    requestedAmount: '49.00',
    requestedAsset: 'USD',
    expectedAmount: null,
    receivedAmount: null,
    receivedAsset: null,
    coinExpected: null,
    coinReceived: null,
    coinAsset: null,
    capturedMinor: 0,
    reference: asProviderReference(`invoice-of-${order.id}`),
    checkoutUrl: 'https://pay.example/i/1',
    providerStatus: null,
    transactionIds: [],
    trust: null,
    evidenceAt: null,
    mismatchedAt: null,
    paidAt: null,
    expiresAt: order.expiresAt,
    nextPollAt: noon + 10_000,
    lockedUntil: null,
    lockedBy: null,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    ...change,
  };
}

export function sampleTimelineEntry(order: Order, change: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    id: 'entry-1',
    orderId: order.id,
    paymentId: null,
    at: noon,
    subject: 'order',
    fromStatus: null,
    toStatus: 'awaiting_payment',
    causeKind: 'store',
    causeId: 'store',
    actorKind: 'store',
    actorId: 'store',
    trust: null,
    text: 'The order was placed.',
    ...change,
  };
}

export function sampleEvent(id: string, change: Partial<NewInboxEvent> = {}): NewInboxEvent {
  return {
    id,
    receivedAt: noon,
    source: 'btcpay',
    eventKey: `delivery-${id}`,
    eventType: 'InvoiceSettled',
    reference: 'invoice-1',
    detail: null,
    trust: 'signed',
    body: new TextEncoder().encode('{"amount":1e-7}\u0000'),
    ...change,
  };
}

export function sampleMessage(id: string, change: Partial<NewOutboxMessage> = {}): NewOutboxMessage {
  return {
    id,
    receivedAt: noon,
    availableAt: noon,
    key: `fact-${id}`,
    topic: 'shop.event',
    lane: 'shop',
    priority: 1,
    payload: { order: { id: 'order-1', tags: ['a', null, 1.5, true] } },
    ...change,
  };
}

export function sampleAudit(id: string, change: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id,
    at: noon,
    actorKind: 'admin',
    actorId: '42',
    action: 'order.cancel',
    subject: 'order:order-1',
    reason: null,
    details: { from: 'awaiting_payment' },
    ...change,
  };
}

export function samplePendingAction(id: string, change: Partial<PendingAction> = {}): PendingAction {
  return {
    id,
    adminId: 8_000_000_042,
    action: 'order.cancel',
    payload: { orderId: 'order-1' },
    createdAt: noon,
    expiresAt: noon + 60_000,
    awaitsTextSince: null,
    ...change,
  };
}
