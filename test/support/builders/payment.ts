import { asOrderId, asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { Payment } from '#payments/model/payment.ts';

/** An open BTCPay payment of 49.00 USD, made at the epoch, with what the test says differently. */
export function aPayment(differences: Partial<Payment> = {}): Payment {
  return {
    ...{
      id: asPaymentId('01900000-0000-7000-8000-000000000002'),
      status: 'created',
      version: 1,
      creation: 'confirmed',
    },
    ...{ orderId: asOrderId('01900000-0000-7000-8000-000000000001'), provider: 'btcpay' },
    ...{ currency: 'USD', amountMinor: 4900, requestedAmount: '49.00', requestedAsset: 'USD' },
    ...{ expectedAmount: null, receivedAmount: null, receivedAsset: null, creditedMinor: 0 },
    ...{ coinExpected: null, coinReceived: null, coinAsset: null, acceptedBy: null, acceptedReason: null },
    ...{ reference: asProviderReference('XEDvpempoTYJHJTKGDff1Q'), checkoutUrl: null, providerStatus: null },
    ...{
      details: [],
      heldAt: null,
      acceptedAt: null,
      feeAmount: null,
      netAmount: null,
      figuresAsset: null,
      settledAt: null,
    },
    ...{
      transactionIds: [],
      trust: null,
      evidenceAt: null,
      mismatchedAt: null,
      paidAt: null,
      expiresAt: 3_600_000,
      nextPollAt: null,
    },
    ...{ lockedUntil: null, lockedBy: null, createdAt: 0, updatedAt: 0 },
    ...differences,
  };
}
