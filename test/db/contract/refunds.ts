import { describe, expect, test } from 'vitest';
import { ConcurrentChange } from '#kernel/database.ts';
import { asPaymentId, asRefundId } from '#kernel/ids.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import { aRefund } from '#test/support/builders/refund.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleOrder, samplePayment } from './samples.ts';

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

/** An order with one payment, and refunds of it. */
async function insert(
  stores: PaymentStores,
  ...refunds: (Partial<Refund> & { id: Refund['id'] })[]
): Promise<Refund[]> {
  const order = sampleOrder(1);
  const payment = samplePayment(order, { id: asPaymentId('payment-1') });
  await stores.orders.insertOrder(order);
  await stores.payments.insertPayment(payment);
  const all = refunds.map((refund) =>
    aRefund({ orderId: order.id, paymentId: payment.id, createdAt: noon, ...refund }),
  );
  for (const refund of all) await stores.refunds.insertRefund(refund);
  return all;
}

export function describeRefunds(open: OpenContractDatabase): void {
  describe('refunds', () => {
    test('are kept whole, and found by id, key, order and payment, oldest first', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        const [younger, older] = await insert(
          stores,
          {
            id: asRefundId('b'),
            createdAt: noon + 1,
            requestKey: 'key-1',
            transactionIds: ['tx'],
            claimUrl: 'https://x.example',
          },
          { id: asRefundId('a') },
        );
        const { refunds } = stores;
        expect(await refunds.findRefund(asRefundId('b'))).toEqual(younger);
        expect(await refunds.findRefundByKey('key-1')).toEqual(younger);
        expect(await refunds.findRefundByKey('key-2')).toBeUndefined();
        expect(await refunds.listRefundsForPayment(asPaymentId('payment-1'))).toEqual([older, younger]);
        expect(idsOf(await refunds.listRefundsForOrder(sampleOrder(1).id))).toEqual(['a', 'b']);
        expect(await refunds.listRefundsForPayment(asPaymentId('other'))).toEqual([]);
      });
    });

    test('have one request each: a key cannot be used twice', async () => {
      await using opened = await open();
      const twice = opened.database.transaction((stores) =>
        insert(stores, { id: asRefundId('a'), requestKey: 'k' }, { id: asRefundId('b'), requestKey: 'k' }),
      );
      await expect(twice).rejects.toThrow();
    });

    test('change only from the status and version that the caller has seen', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        const [refund] = await insert(stores, { id: asRefundId('a') });
        if (refund === undefined) throw new Error('it was not inserted');
        const { refunds } = stores;
        const change = { status: 'pending', reference: 'r-1', updatedAt: noon + 1 } as const;
        await expect(refunds.changeRefund({ ...refund, status: 'unknown' }, change)).rejects.toThrow(ConcurrentChange);
        await expect(refunds.changeRefund({ ...refund, version: 2 }, change)).rejects.toThrow(ConcurrentChange);
        const changed = await refunds.changeRefund(refund, change);
        expect(changed).toEqual({ ...refund, ...change, version: 2 });
        expect(await refunds.findRefund(refund.id)).toEqual(changed);
      });
    });

    test('that are due are listed, most overdue first, without those of the providers that are down', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        await insert(
          stores,
          { id: asRefundId('a'), nextPollAt: noon + 2 },
          { id: asRefundId('b'), nextPollAt: noon + 1 },
          { id: asRefundId('c'), nextPollAt: noon + 9 },
          { id: asRefundId('d') },
          { id: asRefundId('e'), nextPollAt: noon, provider: 'bitpay' },
        );
        const due = (except: ['bitpay'] | [], limit = 9) =>
          stores.refunds.listRefundsToPoll({ now: noon + 2, except, limit });
        expect(idsOf(await due([]))).toEqual(['e', 'b', 'a']);
        expect(idsOf(await due(['bitpay']))).toEqual(['b', 'a']);
        expect(idsOf(await due([], 1))).toEqual(['e']);
        await stores.refunds.hastenPolls({ latest: noon + 2 });
        expect(idsOf(await due([]))).toEqual(['e', 'b', 'a', 'c']);
      });
    });
  });
}
