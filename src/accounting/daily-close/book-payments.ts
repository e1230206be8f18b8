// Payments as the ledger has to hold them, read in bulk.
import { type CalendarDay, dayOf } from '#kernel/calendar.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { slicesOf, walkPages } from '#kernel/page.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { Refund } from '#payments/model/refund.ts';
import { bookPayment, type Changed } from '../ledger/booked-payment.ts';
import { readEntry } from '../ledger/chain.ts';
import type { LedgerPayment } from '../ledger/closing.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { NextDay } from '../ledger/due-day.ts';
import { requireWhole } from './day-payments.ts';

const pageSize = 200;

/** Each payment as the ledger holds it from now on, on the day that is given for it. */
export async function bookPayments(
  stores: AccountingStores,
  payments: readonly Payment[],
  nameDay: (payment: Payment) => CalendarDay,
): Promise<LedgerPayment[]> {
  const booked: LedgerPayment[] = [];
  for await (const page of slicesOf(payments, pageSize)) {
    const orders = await stores.orders.listOrdersByIds([...new Set(page.map(({ orderId }) => orderId))]);
    const numbers = new Map(orders.map(({ id, number }) => [id, number]));
    const refunds = await stores.refunds.listRefundsForPayments(page.map(({ id }) => id));
    const refunded = new Map<PaymentId, number>();
    for (const { paymentId, status, amountMinor } of refunds) {
      if (status === 'succeeded') refunded.set(paymentId, (refunded.get(paymentId) ?? 0) + amountMinor);
    }
    for (const payment of page) {
      const orderNumber = numbers.get(payment.orderId);
      assert(orderNumber !== undefined, `order of payment ${payment.id} vanished`);
      const refundedMinor = refunded.get(payment.id) ?? 0;
      booked.push(bookPayment({ payment, orderNumber, day: nameDay(payment), refundedMinor }));
    }
  }
  return booked;
}

interface Earlier {
  since: Milliseconds;
  timeZone: string;
  next: NextDay;
}

/** Payments of earlier days that have changed since, or whose refunds have, with what the ledger holds of them. */
export async function loadChanged(stores: AccountingStores, earlier: Earlier): Promise<Changed[]> {
  const found = new Map<PaymentId, Payment>();
  for (const payment of await changedPayments(stores, earlier)) found.set(payment.id, payment);
  for await (const page of slicesOf(await refundedPayments(stores, earlier))) {
    for (const paymentId of page) {
      if (found.has(paymentId)) continue;
      const payment = await stores.payments.findPayment(paymentId);
      if (payment !== undefined && payment.createdAt < earlier.next.from) found.set(payment.id, payment);
    }
  }
  const held = await newestEntries(stores, { paymentIds: [...found.keys()], before: earlier.next.number });
  const nameDay = ({ id, createdAt }: Payment): CalendarDay => held.get(id)?.day ?? dayOf(createdAt, earlier.timeZone);
  const booked = await bookPayments(stores, [...found.values()], nameDay);
  return booked.map((is) => ({ was: held.get(is.paymentId) ?? null, is })).filter(counts);
}

/** Of payments older than the ledger, only those with money are reported. */
function counts({ was, is }: Changed): boolean {
  return was !== null || is.group === 'paid' || is.group === 'odd';
}

async function changedPayments(stores: AccountingStores, { since, next }: Earlier): Promise<Payment[]> {
  const pages = walkPages({ limit: pageSize }, (last: Payment | undefined) => {
    const after = last === undefined ? null : { updatedAt: last.updatedAt, id: last.id };
    return stores.payments.listPaymentsChangedSince({ since, madeBefore: next.from, after, limit: pageSize });
  });
  return flatten(pages, 'payments of earlier days that have changed');
}

async function refundedPayments(stores: AccountingStores, { since }: Earlier): Promise<PaymentId[]> {
  const pages = walkPages({ limit: pageSize }, (last: Refund | undefined) => {
    const after = last === undefined ? null : { updatedAt: last.updatedAt, id: last.id };
    return stores.refunds.listRefundsChangedSince({ since, after, limit: pageSize });
  });
  return (await flatten(pages, 'refunds that have changed')).map(({ paymentId }) => paymentId);
}

/** The next closing reaches back to this one only, so that what is not read now is never corrected. */
async function flatten<Row>(pages: AsyncIterable<readonly Row[]>, what: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) {
    rows.push(...page);
    requireWhole(rows, what);
  }
  return rows;
}

async function newestEntries(
  stores: AccountingStores,
  { paymentIds, before }: { paymentIds: readonly PaymentId[]; before: number },
): Promise<Map<string, LedgerPayment>> {
  const held = new Map<string, LedgerPayment>();
  for await (const page of slicesOf(paymentIds, pageSize)) {
    for (const entry of await stores.ledger.listNewestEntries({ paymentIds: page, before })) {
      held.set(entry.paymentId, readEntry(entry));
    }
  }
  return held;
}
