import { addDecimals, compareDecimals } from '#kernel/money.ts';
import type { PaymentSnapshot } from '../../model/snapshot.ts';
import type { Invoice } from './invoice.ts';
import { assetOf, type PaymentMethod } from './payment-method.ts';

// What must have come and what has: from `paidAmount` where the server has it (2.0 and later), else from the payment
// methods, else from the words. The server's own `paymentTolerance` settles short payments; here they stay short.

type Settlement = PaymentSnapshot['settlement'];

export function settlementOf(invoice: Invoice, methods: readonly PaymentMethod[]): Settlement {
  const { amount, paidAmount, currency } = invoice;
  if (amount && paidAmount) {
    return isPositive(paidAmount) ? { expected: amount, received: paidAmount, asset: currency } : null;
  }
  return fromMethods(invoice, methods) ?? fromWords(invoice);
}

/** What must have come and what has in the coin that the money came by, where the payment methods tell. */
export function coinOf(invoice: Invoice, methods: readonly PaymentMethod[]): PaymentSnapshot['coin'] {
  return fromMethods(invoice, methods);
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
