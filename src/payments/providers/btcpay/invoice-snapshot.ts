import type { Milliseconds } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { PaymentSnapshot, SnapshotState } from '../../model/snapshot.ts';
import { joinLabel } from '../kit/body-fields.ts';
import { isPaymentId } from '../kit/payment-uuid.ts';
import type { Invoice } from './invoice.ts';
import { type PaymentMethod, transactionIdsOf } from './payment-method.ts';
import { coinOf, settlementOf } from './settlement.ts';

// BTCPay Server: Greenfield API, InvoiceData. What an invoice is worth is decided by comparing amounts; `additionalStatus`
// only says what to look at. `PaidLate`, for one, does not mean that all of it was paid.

export function toSnapshot(
  invoice: Invoice,
  about: { observedAt: Milliseconds; methods: readonly PaymentMethod[] },
): PaymentSnapshot {
  const { status, amount, currency } = invoice;
  const exception = invoice.additionalStatus ?? 'None';
  const settlement = settlementOf(invoice, about.methods);
  const orderId = invoice.metadata?.['orderId'];
  return {
    provider: 'btcpay',
    reference: asProviderReference(invoice.id),
    paymentId: typeof orderId === 'string' && isPaymentId(orderId) ? orderId : null,
    trust: 'fetched',
    observedAt: about.observedAt,
    state: stateOf(invoice, settlement !== null),
    providerStatus: exception === 'None' ? status : `${status} / ${exception}`,
    requested: { amount: amount ?? '0', asset: currency },
    settlement,
    coin: coinOf(invoice, about.methods),
    isLate: exception === 'PaidLate',
    isMarkedByHand: status === 'Settled' && exception === 'Marked',
    fees: null,
    checkoutUrl: invoice.checkoutLink ?? null,
    transactionIds: transactionIdsOf(about.methods),
    label: labelOf(invoice),
    createdAt: invoice.createdTime ?? null,
    expiresAt: invoice.expirationTime ?? null,
  };
}

/** Our own invoices carry the number of their order; those made on BTCPay's pages whatever was typed there. */
function labelOf({ metadata }: Invoice): string | null {
  return joinLabel([metadata?.['orderNumber'], metadata?.['orderId'], metadata?.['itemDesc']]);
}

function stateOf({ status, additionalStatus }: Invoice, wasMoneySeen: boolean): SnapshotState {
  switch (status) {
    case 'New':
      return 'open';
    case 'Processing':
      return 'processing';
    case 'Settled':
      return 'confirmed';
    case 'Expired':
      return 'expired';
    case 'Invalid':
      // Marking it invalid is how an unpaid invoice is cancelled.
      return additionalStatus === 'Marked' && !wasMoneySeen ? 'cancelled' : 'invalid';
    default:
      return status satisfies never;
  }
}
