// BTCPay Server: Greenfield API, InvoiceData. What an invoice is worth is decided by comparing amounts; `additionalStatus`
// only says what to compare. `PaidLate`, for one, does not mean that all of it was paid.
import type { Milliseconds } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { addDecimals, compareDecimals } from '#kernel/money.ts';
import type { PaymentSnapshot, SnapshotState } from '../../model/snapshot.ts';
import { joinLabel } from '../kit/body-fields.ts';
import { isPaymentId } from '../kit/payment-uuid.ts';
import { assetOf, type Invoice, type PaymentMethod, transactionIdsOf } from './invoice.ts';

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
    // What must have come and what has in the coin that the money came by, where the payment methods tell.
    coin: fromMethods(invoice, about.methods),
    isLate: exception === 'PaidLate',
    isMarkedSettled: status === 'Settled' && exception === 'Marked',
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

type Settlement = PaymentSnapshot['settlement'];

/**
 * What must have come and what has: from `paidAmount` where the server has it (2.0 and later), else from the payment methods,
 * else from the words. The server's own `paymentTolerance` settles short payments; here they stay short.
 */
function settlementOf(invoice: Invoice, methods: readonly PaymentMethod[]): Settlement {
  const { amount, paidAmount, currency } = invoice;
  if (amount && paidAmount) {
    return isPositive(paidAmount) ? { expected: amount, received: paidAmount, asset: currency } : null;
  }
  return fromMethods(invoice, methods) ?? fromWords(invoice);
}

function fromMethods({ additionalStatus }: Invoice, methods: readonly PaymentMethod[]): Settlement {
  const paid = methods.filter(({ totalPaid }) => totalPaid && isPositive(totalPaid));
  // Each method counts all payments in its own currency; the one that money came by has not been converted.
  const method = paid.find(({ payments }) => (payments ?? []).length > 0) ?? paid[0];
  const asset = method && assetOf(method);
  if (!method?.totalPaid || !method.due || asset === undefined) return null;
  const expected = addDecimals(method.totalPaid, method.due);
  const isClamped = additionalStatus === 'PaidOver' && compareDecimals(expected, method.totalPaid) === 0;
  // Some servers never let `due` fall below zero; then only `amount` shows by how much it was overpaid.
  return { expected: isClamped ? (method.amount ?? expected) : expected, received: method.totalPaid, asset };
}

function fromWords({ status, additionalStatus, amount, currency }: Invoice): Settlement {
  if (!amount) return null;
  const exception = additionalStatus ?? 'None';
  if (exception === 'PaidPartial' || exception === 'PaidLate') {
    // Something came, and nobody says how much: counting none of it leaves the decision to a human.
    return { expected: amount, received: '0', asset: currency };
  }
  const isFull = (status === 'Settled' || status === 'Processing') && exception !== 'Marked';
  return isFull ? { expected: amount, received: amount, asset: currency } : null;
}

function isPositive(decimal: string): boolean {
  return compareDecimals(decimal, '0') > 0;
}
