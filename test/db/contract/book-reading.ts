// What the daily close and the exports read of orders, payments, refunds, cases and the audit trail.
import { describe, expect, test } from 'vitest';
import { asOrderId, asPaymentId, asProviderReference, asRefundId } from '#kernel/ids.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import { aRefund } from '#test/support/builders/refund.ts';
import { sampleCase } from './cases.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleAudit, sampleOrder, samplePayment } from './samples.ts';

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

/** One order each, made and changed when the payment was unless it says otherwise. */
async function insert(stores: PaymentStores, ...payments: (Partial<Payment> & { id: Payment['id'] })[]): Promise<void> {
  for (const [index, change] of payments.entries()) {
    const order = sampleOrder(index + 1, { createdAt: change.createdAt ?? noon });
    await stores.orders.insertOrder(order);
    const own = { reference: asProviderReference(change.id), createdAt: noon, updatedAt: noon };
    await stores.payments.insertPayment(samplePayment(order, { ...own, ...change }));
  }
}

export function describeBookReading(open: OpenContractDatabase): void {
  describe('for the books', () => {
    test('payments are listed by their changes, page by page, and only those that were made before', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        await insert(
          stores,
          { id: asPaymentId('b'), updatedAt: noon + 7 },
          { id: asPaymentId('a'), updatedAt: noon + 7 },
          { id: asPaymentId('c'), updatedAt: noon + 5 },
          { id: asPaymentId('old'), updatedAt: noon + 4 },
          { id: asPaymentId('young'), createdAt: noon + 6, updatedAt: noon + 8 },
        );
        const list = async (after: { updatedAt: number; id: string } | null) =>
          idsOf(
            await stores.payments.listPaymentsChangedSince({ since: noon + 5, madeBefore: noon + 6, after, limit: 2 }),
          );
        expect(await list(null)).toEqual(['c', 'a']);
        expect(await list({ updatedAt: noon + 7, id: 'a' })).toEqual(['b']);
      });
    });

    test('payments with and without figures are told apart', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        const known = { feeAmount: '0.61', netAmount: '48.39', figuresAsset: 'USDC' };
        await insert(
          stores,
          { id: asPaymentId('with'), status: 'paid', ...known },
          { id: asPaymentId('without'), status: 'paid', createdAt: noon + 1 },
          { id: asPaymentId('unpaid'), status: 'expired' },
          { id: asPaymentId('other'), provider: 'coinbase', status: 'paid', ...known },
          { id: asPaymentId('later'), status: 'paid', createdAt: noon + 5, ...known },
        );
        const window = { provider: 'btcpay', from: noon, to: noon + 5, limit: 9 } as const;
        const { payments } = stores;
        const statuses = ['paid', 'overpaid'] as const;
        expect(idsOf(await payments.listPaymentsWithoutFees({ ...window, statuses }))).toEqual(['without']);
        expect(await payments.findPayment(asPaymentId('with'))).toMatchObject(known);
      });
    });

    test('the fees of a payment are read together, in every unit, page by page', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        const known = { feeAmount: '0.61', netAmount: '48.39', figuresAsset: 'USD', status: 'paid' } as const;
        await insert(
          stores,
          { id: asPaymentId('a'), ...known, createdAt: noon + 1 },
          { id: asPaymentId('b'), ...known },
          { id: asPaymentId('c'), status: 'paid' },
          { id: asPaymentId('d'), ...known, provider: 'coinbase' },
          { id: asPaymentId('e'), ...known, createdAt: noon + 5 },
        );
        const further = { provider: 'btcpay', standing: 'further', at: noon, readAt: noon } as const;
        for (const [id, asset] of [
          ['a', 'BTC'],
          ['a', 'BCH'],
          ['b', 'BTC'],
        ] as const) {
          const figures = { asset, fee: '0.1', net: '0.9', paymentId: asPaymentId(id) };
          await stores.fees.saveFee({ ...further, ...figures, reference: asProviderReference(id) });
        }
        const booked = { asset: 'USD', fee: '0.61', net: '48.39', paymentId: asPaymentId('b') };
        await stores.fees.saveFee({ ...further, ...booked, standing: 'booked', reference: asProviderReference('b') });
        const list = (after: { createdAt: number; id: string } | null, limit: number) =>
          stores.fees.listKnownFees({ provider: 'btcpay', from: noon, to: noon + 5, after, limit });
        const own = { asset: 'USD', fee: '0.61', net: '48.39' };
        const more = (asset: string) => ({ asset, fee: '0.1', net: '0.9' });
        const first = { paymentId: 'b', createdAt: noon, fees: [own, more('BTC')] };
        const second = { paymentId: 'a', createdAt: noon + 1, fees: [own, more('BCH'), more('BTC')] };
        expect(await list(null, 9)).toEqual([first, second]);
        expect(await list(null, 1)).toEqual([first]);
        expect(await list({ createdAt: noon, id: 'b' }, 1)).toEqual([second]);
        expect(await list({ createdAt: noon + 1, id: 'a' }, 1)).toEqual([]);
      });
    });

    test('orders of a time are listed oldest first, and orders and payments are found by many ids', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        await insert(
          stores,
          { id: asPaymentId('b'), createdAt: noon + 2 },
          { id: asPaymentId('a'), createdAt: noon + 1 },
          { id: asPaymentId('c'), createdAt: noon + 3 },
        );
        const window = { from: noon + 1, to: noon + 3, limit: 9 };
        const { orders, payments } = stores;
        expect(idsOf(await orders.listOrdersMadeBetween({ ...window, after: null }))).toEqual(['order-2', 'order-1']);
        const after = { createdAt: noon + 1, id: 'order-2' };
        expect(idsOf(await orders.listOrdersMadeBetween({ ...window, after }))).toEqual(['order-1']);
        const ids = ['order-3', 'order-1', 'none'].map(asOrderId);
        expect(idsOf(await orders.listOrdersByIds(ids)).sort()).toEqual(['order-1', 'order-3']);
        expect(idsOf(await payments.listPaymentsOfOrders(ids))).toEqual(['b', 'c']);
        expect([await orders.listOrdersByIds([]), await payments.listPaymentsOfOrders([])]).toEqual([[], []]);
      });
    });

    test('refunds are listed by their end, by their changes, and for many payments', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        await insert(stores, { id: asPaymentId('p') });
        const base = { orderId: asOrderId('order-1'), paymentId: asPaymentId('p') };
        const done = { ...base, status: 'succeeded' as const };
        for (const refund of [
          aRefund({ ...done, id: asRefundId('b'), settledAt: noon + 2, updatedAt: noon + 9 }),
          aRefund({ ...done, id: asRefundId('a'), settledAt: noon + 1, updatedAt: noon + 9, createdAt: 1 }),
          aRefund({ ...done, id: asRefundId('later'), settledAt: noon + 5, updatedAt: noon + 5, createdAt: 2 }),
          aRefund({ ...base, id: asRefundId('failed'), status: 'failed', settledAt: noon + 1, createdAt: 3 }),
        ]) {
          await stores.refunds.insertRefund(refund);
        }
        const { refunds } = stores;
        const window = { provider: 'btcpay', from: noon, to: noon + 5, limit: 9 } as const;
        expect(idsOf(await refunds.listRefundsSucceededBetween(window))).toEqual(['a', 'b']);
        expect(await refunds.listRefundsSucceededBetween({ ...window, provider: 'bitpay' })).toEqual([]);
        const changed = (after: { updatedAt: number; id: string } | null) =>
          refunds.listRefundsChangedSince({ since: noon, after, limit: 2 });
        expect(idsOf(await changed(null))).toEqual(['later', 'a']);
        expect(idsOf(await changed({ updatedAt: noon + 9, id: 'a' }))).toEqual(['b']);
        const all = await refunds.listRefundsForPayments([asPaymentId('p'), asPaymentId('q')]);
        expect(idsOf(all)).toEqual(['b', 'a', 'later', 'failed']);
        expect(await refunds.listRefundsForPayments([])).toEqual([]);
      });
    });

    test('cases about a payment or a reference are found in whatever status, newest first', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        const paymentId = asPaymentId('p');
        await cases.insertCase(sampleCase('a', { reference: 'r' }));
        await cases.insertCase(sampleCase('b', { reference: null, paymentId, status: 'resolved', openedAt: noon + 1 }));
        await cases.insertCase(sampleCase('c', { reference: 'r', provider: 'bitpay' }));
        const about = (query: { reference: string | null; paymentId: typeof paymentId | null }) =>
          cases.listCasesAbout({ provider: 'btcpay', kinds: ['payment_underpaid'], limit: 9, ...query });
        await cases.insertCase(sampleCase('d', { reference: 'r', kind: 'provider_down' }));
        expect(idsOf(await about({ reference: 'r', paymentId }))).toEqual(['b', 'a']);
        expect(idsOf(await about({ reference: 'r', paymentId: null }))).toEqual(['a']);
        expect(idsOf(await about({ reference: null, paymentId }))).toEqual(['b']);
        expect(await about({ reference: null, paymentId: null })).toEqual([]);
      });
    });

    test('what admins did is counted by action', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ audit }) => {
        await audit.record(sampleAudit('a'));
        await audit.record(sampleAudit('b', { at: noon + 1 }));
        await audit.record(sampleAudit('c', { action: 'refund.request' }));
        await audit.record(sampleAudit('d', { actorKind: 'job' }));
        await audit.record(sampleAudit('e', { at: noon + 5 }));
        expect(await audit.countAudit({ actorKind: 'admin', from: noon, to: noon + 5 })).toEqual([
          { action: 'order.cancel', count: 2 },
          { action: 'refund.request', count: 1 },
        ]);
      });
    });
  });
}
