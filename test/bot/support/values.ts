import { encodeCallback } from '#bot/text/callback-data.ts';
import type { View } from '#bot/text/view.ts';
import type { Case } from '#cases/case.ts';
import type { Product } from '#catalog/product.ts';
import { asOrderId, asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { Page } from '#kernel/page.ts';
import type { Order } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import type { Outage } from '#payments/model/outage.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { Coupon } from '#payments/ports/sales-channel.ts';
import type { CaseDetails } from '#payments/resolutions/options/get-case.ts';
import type { ProviderReport } from '#reports/provider-report.ts';
import { aCase } from '#test/support/builders/cases.ts';

/** Sunday, 22 November 2026, 03:00 UTC. */
export const at = Date.UTC(2026, 10, 22, 3, 0, 0);
export const look = { now: at + 3_600_000, timeZone: 'Europe/Berlin' } as const;
export const anId = '0192f5a0-7c3e-7abc-8def-0123456789ab';

/** What strangers may call themselves: markup, a right-to-left override, line breaks, emoji, and far too much of it. */
export const hostile = `<b>Eve</b> & "co" \u202Eevil\u202C\n/refund T-1 😀${'👩‍👩‍👧‍👦'.repeat(300)}`;

export function anOrder(differences: Partial<Order> = {}): Order {
  return {
    id: asOrderId(anId),
    number: 1042,
    status: 'awaiting_payment',
    version: 1,
    currency: 'USD',
    amountMinor: 4900,
    reference: 'web-77',
    customerEmail: 'ann@example.org',
    customerName: 'Ann',
    items: [{ sku: 'LIC', name: 'License key', quantity: 1, unitAmountMinor: 4900 }],
    redirectUrl: null,
    metadata: {},
    origin: 'store',
    note: null,
    attention: null,
    createdAt: at,
    updatedAt: at,
    expiresAt: at + 3_600_000,
    paidAt: null,
    fulfilledAt: null,
    ...differences,
  };
}

export function aPayment(differences: Partial<Payment> = {}): Payment {
  return {
    id: asPaymentId(anId),
    orderId: asOrderId(anId),
    provider: 'btcpay',
    status: 'created',
    version: 1,
    creation: 'confirmed',
    currency: 'USD',
    amountMinor: 4900,
    requestedAmount: '49.00',
    requestedAsset: 'USD',
    expectedAmount: null,
    receivedAmount: null,
    receivedAsset: null,
    capturedMinor: 0,
    coinExpected: null,
    coinReceived: null,
    coinAsset: null,
    acceptedBy: null,
    acceptedReason: null,
    details: [],
    heldAt: null,
    acceptedAt: null,
    feeAmount: null,
    netAmount: null,
    figuresAsset: null,
    settledAt: null,
    reference: asProviderReference('XEDvpempoTYJHJTKGDff1Q'),
    checkoutUrl: 'https://pay.example.org/i/XED',
    providerStatus: 'New',
    transactionIds: [],
    trust: 'fetched',
    evidenceAt: at + 60_000,
    mismatchedAt: null,
    paidAt: null,
    expiresAt: at + 3_600_000,
    nextPollAt: null,
    lockedUntil: null,
    lockedBy: null,
    createdAt: at,
    updatedAt: at,
    ...differences,
  };
}

export function aProduct(differences: Partial<Product> = {}): Product {
  return {
    id: anId,
    sku: 'GUIDE',
    name: 'Field Guide',
    amountMinor: 900,
    currency: 'USD',
    version: 1,
    channel: 'payhip',
    channelKey: 'RGsF',
    hasLicenseSecret: false,
    createdAt: at,
    updatedAt: at,
    ...differences,
  };
}

export function aCoupon(differences: Partial<Coupon> = {}): Coupon {
  return {
    id: 'c1',
    code: 'SPRING',
    percent: '20',
    amountMinor: null,
    productKey: null,
    usedCount: 3,
    usageLimit: null,
    endsAt: null,
    ...differences,
  };
}

export function anEntry(differences: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    id: anId,
    orderId: asOrderId(anId),
    paymentId: null,
    at,
    subject: 'order',
    fromStatus: null,
    toStatus: 'awaiting_payment',
    causeKind: 'store',
    causeId: 'store',
    actorKind: 'store',
    actorId: 'store',
    trust: null,
    text: 'order of 49.00 USD from the store',
    ...differences,
  };
}

export function anAlert(differences: Partial<Case> = {}): Case {
  return aCase({
    id: anId,
    key: 'payment_underpaid:x',
    severity: 'critical',
    orderId: asOrderId(anId),
    paymentId: asPaymentId(anId),
    provider: 'btcpay',
    facts: {
      orderNumber: 'T-1042',
      amount: '49.00 USD',
      detail: '20.00 of 49.00 USD received',
      why: 'BTCPay says: Expired / PaidPartial',
      trust: 'fetched',
    },
    actions: ['new_payment_link', 'open_order'],
    openedAt: at,
    lastRaisedAt: at,
    ...differences,
  });
}

export function anException(differences: Partial<Case> = {}): Case {
  return aCase({
    id: anId,
    key: 'payment_underpaid:x',
    provider: 'btcpay',
    reference: 'XEDvpempoTYJHJTKGDff1Q',
    orderId: asOrderId(anId),
    paymentId: asPaymentId(anId),
    facts: { differenceFiat: '24.50 USD', differenceCoin: '0.00038282 BTC', why: 'Expired / PaidPartial' },
    openedAt: at,
    lastRaisedAt: at,
    ...differences,
  });
}

/** What the card of an exception is drawn from. */
export function exceptionDetails(differences: Partial<CaseDetails> = {}): CaseDetails {
  return {
    case: anException(),
    order: anOrder({ status: 'needs_attention' }),
    payment: aPayment({ status: 'underpaid', capturedMinor: 2450 }),
    suggestions: [],
    actions: [],
    returns: null,
    ...differences,
  };
}

export function anOutage(differences: Partial<Outage> = {}): Outage {
  return {
    id: anId,
    provider: 'btcpay',
    status: 'over',
    version: 3,
    beganAt: at,
    reason: 'probe: ECONNREFUSED',
    askedAt: at + 3_600_000,
    goneSince: null,
    goneCount: 0,
    retiredAt: null,
    answeredAt: at + 3_660_000,
    endedAt: at + 3_670_000,
    lookedCount: 12,
    recoveredCount: 4,
    lostCount: 0,
    ...differences,
  };
}

export function aReport(differences: Partial<ProviderReport> = {}): ProviderReport {
  return {
    health: {
      provider: 'btcpay',
      breaker: 'closed',
      openedAt: null,
      lastError: null,
      lastSuccessAt: at,
      failingSince: null,
      retiredAt: null,
      dashboardUrl: null,
    },
    gaps: [],
    outage: null,
    pastOutages: [],
    webhooks: { lastAt: at, usualPerDay: null, silentSince: null },
    quarantine: { count: 0, withBody: 0 },
    ...differences,
  };
}

/** The page of a list that begins at the beginning, and what leads from it; a page in the middle with `index`. */
export function aPage<Row, Key>(
  rows: readonly Row[],
  options: { key: Key; index?: number; hasMore?: boolean },
): Page<Row, Key> {
  const { key, index = 0, hasMore = false } = options;
  return {
    rows,
    index,
    previous: index < 2 ? [undefined, null][index] : { index: index - 1, side: 'before', key },
    next: hasMore ? { index: index + 1, side: 'after', key } : undefined,
  };
}

export const aPlace = { at, id: anId };

/** A view as a person would describe it: the text, then the rows of buttons, each with what it does. */
export function drawn(view: View): string {
  const rows = view.keyboard.map((row) =>
    row
      .map((button) => `[${button.text}](${'url' in button ? button.url : encodeCallback(button.callback)})`)
      .join(' '),
  );
  return [view.text, ...rows].join('\n');
}
