import { z } from 'zod';
import type { Milliseconds } from '#kernel/clock.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import { compareDecimals } from '#kernel/money.ts';
import type { PaymentSnapshot, SnapshotState } from '../../model/snapshot.ts';
import {
  amountText,
  idText,
  joinLabel,
  lenient,
  millisecondsNumber,
  ownPaymentId,
  withCurrencyPlaces,
} from '../kit/body-fields.ts';
import { entriesOf } from '../kit/list-entries.ts';

// BitPay: Invoices, the resource. Amounts of coins are read from the `display…` texts only; the integers beside them
// count smallest units and go beyond what a number can hold.

export const invoiceStatuses = ['new', 'paid', 'confirmed', 'complete', 'expired', 'invalid', 'declined'] as const;

const invoiceSchema = z.object({
  id: idText,
  url: lenient(z.string()),
  status: z.enum(invoiceStatuses),
  price: amountText,
  currency: z.string(),
  orderId: lenient(z.string()),
  itemDesc: lenient(z.string()),
  posData: ownPaymentId,
  invoiceTime: lenient(millisecondsNumber),
  expirationTime: lenient(millisecondsNumber),
  displayAmountPaid: amountText.nullish(),
  transactionCurrency: z.string().nullish(),
  buyerProvidedInfo: z.object({ selectedTransactionCurrency: z.string().nullish() }).nullish(),
  paymentDisplayTotals: z.record(z.string(), amountText).nullish(),
  /** `false`, or a word: `paidPartial`, `paidOver`, in older texts `paidLate`. */
  exceptionStatus: z.union([z.string(), z.boolean()]).nullish(),
  isCancelled: z.boolean().nullish(),
  transactions: lenient(z.array(lenient(z.object({ txid: lenient(z.string()) })))),
});
export type Invoice = z.infer<typeof invoiceSchema>;

export const invoiceAnswerSchema = z.object({ data: invoiceSchema });

/** What can be told of an invoice that is not understood. */
const identity = z
  .object({ id: lenient(idText), posData: ownPaymentId, invoiceTime: lenient(millisecondsNumber) })
  .transform(({ id, posData, invoiceTime }) => ({ reference: id, paymentId: posData, createdAt: invoiceTime }));
export const invoiceListSchema = z.object({ data: entriesOf(invoiceSchema, identity) });

export function findPaymentId(body: unknown): PaymentId | null {
  return z.object({ data: identity }).safeParse(body).data?.data.paymentId ?? null;
}

export function toSnapshot(invoice: Invoice, observedAt: Milliseconds): PaymentSnapshot {
  const settlement = settlementOf(invoice);
  const exception = typeof invoice.exceptionStatus === 'string' ? invoice.exceptionStatus : null;
  const words = [invoice.status, exception, invoice.isCancelled ? 'isCancelled' : null];
  const transactionIds = (invoice.transactions ?? []).flatMap((transaction) => transaction?.txid ?? []);
  return {
    provider: 'bitpay',
    reference: asProviderReference(invoice.id),
    paymentId: invoice.posData,
    trust: 'fetched',
    observedAt,
    state: stateOf(invoice, settlement !== null),
    providerStatus: words.filter((word) => word !== null).join(' / '),
    requested: { amount: withCurrencyPlaces(invoice.price, invoice.currency), asset: invoice.currency },
    settlement,
    // Where the settlement is in the currency of the price, BitPay named no amount of coins.
    coin: settlement?.asset === invoice.currency ? null : settlement,
    // `paidPartial` without an amount of coins is money of an unknown amount as well.
    isLate: exception === 'paidLate' || (exception === 'paidPartial' && settlement === null),
    isMarkedSettled: false,
    fees: null,
    checkoutUrl: invoice.url ?? null,
    transactionIds: [...new Set(transactionIds)],
    label: joinLabel([invoice.orderId, invoice.itemDesc]),
    createdAt: invoice.invoiceTime ?? null,
    expiresAt: invoice.expirationTime ?? null,
  };
}

function stateOf({ status, isCancelled }: Invoice, wasMoneySeen: boolean): SnapshotState {
  switch (status) {
    case 'new':
      return 'open';
    case 'paid':
      return 'processing';
    case 'confirmed':
    case 'complete':
      return 'confirmed';
    case 'expired':
      // A cancelled invoice reads "expired" in BitPay's own samples, although the documentation speaks of "declined".
      return isCancelled ? 'cancelled' : 'expired';
    case 'invalid':
      return 'invalid';
    case 'declined':
      // Cancelled by us, or not confirmed within a day: then there was money.
      return wasMoneySeen ? 'invalid' : 'cancelled';
    default:
      return status satisfies never;
  }
}

/** Whether anything was paid to it, as far as BitPay shows. */
export function hasMoney(invoice: Invoice): boolean {
  const isException = typeof invoice.exceptionStatus === 'string' && invoice.exceptionStatus !== '';
  return isException || settlementOf(invoice) !== null || (invoice.transactions ?? []).length > 0;
}

function settlementOf(invoice: Invoice): PaymentSnapshot['settlement'] {
  const { displayAmountPaid: received, currency } = invoice;
  const asset = invoice.transactionCurrency ?? invoice.buyerProvidedInfo?.selectedTransactionCurrency;
  const price = withCurrencyPlaces(invoice.price, currency);
  const expected = new Map(Object.entries(invoice.paymentDisplayTotals ?? {})).get(asset ?? '');
  if (asset && received && expected !== undefined) {
    return compareDecimals(received, '0') > 0 ? { expected, received, asset } : null;
  }
  // Without amounts of coins, BitPay's status alone says that all of the price was paid.
  const isGood = invoice.status === 'confirmed' || invoice.status === 'complete';
  return isGood ? { expected: price, received: price, asset: currency } : null;
}
