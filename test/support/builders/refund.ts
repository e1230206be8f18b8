import { asOrderId, asPaymentId, asRefundId } from '#kernel/ids.ts';
import type { Refund } from '#payments/model/refund.ts';

/** A refund of 49.00 USD that was asked for at the epoch, with what the test says differently. */
export function aRefund(differences: Partial<Refund> = {}): Refund {
  return {
    id: asRefundId('01900000-0000-7000-8000-000000000003'),
    orderId: asOrderId('01900000-0000-7000-8000-000000000001'),
    paymentId: asPaymentId('01900000-0000-7000-8000-000000000002'),
    provider: 'btcpay',
    status: 'requested',
    version: 1,
    currency: 'USD',
    amountMinor: 4900,
    requestedAmount: '49.00',
    requestedAsset: 'USD',
    reason: 'The customer asked for it',
    requestedByKind: 'admin',
    requestedById: '42',
    approvedById: null,
    reference: null,
    claimUrl: null,
    providerStatus: null,
    transactionIds: [],
    sentAt: null,
    sends: 0,
    nextPollAt: null,
    requestKey: null,
    requestHash: null,
    createdAt: 0,
    updatedAt: 0,
    settledAt: null,
    ...differences,
  };
}
