import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';

/** A snapshot of an open BTCPay invoice over 49.00 USD, with the fields that the test overrides. */
export function aSnapshot(differences: Partial<PaymentSnapshot> = {}): PaymentSnapshot {
  return {
    provider: 'btcpay',
    reference: asProviderReference('XEDvpempoTYJHJTKGDff1Q'),
    paymentId: null,
    trust: 'fetched',
    observedAt: 0,
    state: 'open',
    providerStatus: 'New',
    requested: { amount: '49.00', asset: 'USD' },
    settlement: null,
    coin: null,
    fees: null,
    isLate: false,
    isMarkedSettled: false,
    checkoutUrl: null,
    transactionIds: [],
    label: null,
    createdAt: null,
    expiresAt: null,
    ...differences,
  };
}
