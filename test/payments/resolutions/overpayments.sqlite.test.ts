// Money that came too much, too late, twice, or for an order that was over.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { fulfilOrder } from '#payments/collect/fulfil-order.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { ada, type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';

let kit: CaseKit;
beforeEach(async () => {
  kit = await openCaseKit();
});
afterEach(() => kit.remove());

const over = { state: 'confirmed', providerStatus: 'Settled / PaidOver', settlement: money('60.00') } as const;
const late = {
  state: 'expired',
  isLate: true,
  providerStatus: 'Expired / PaidLate',
  settlement: money('49.00'),
} as const;
const paid: Partial<PaymentSnapshot> = { state: 'confirmed', providerStatus: 'Settled', settlement: money('49.00') };

describe('a surplus', () => {
  test('is kept with a reason, which changes nothing else and is taken back as easily', async () => {
    const { orderId, paymentId } = await kit.order(over);
    const exception = await kit.open(orderId);
    expect(exception.facts.differenceFiat).toBe('11.00 USD');
    expect(await kit.offered(exception)).toEqual(['keep', 'refund_surplus']);
    expect(await kit.decide(exception, 'keep')).toMatchObject({ kind: 'decided' });
    expect((await kit.details(paymentId)).order.status).toBe('paid');
    expect(await kit.allOpen(orderId)).toEqual([]);
    await fulfilOrder(kit.deps, { orderId, actor: ada.actor });
    expect(await kit.undo(exception)).toMatchObject({ kind: 'decided' });
    expect(await kit.open(orderId)).toMatchObject({ id: exception.id, openedAt: exception.openedAt });
    expect(await kit.undo(exception)).toMatchObject({ kind: 'refused' });
  });

  test('goes back alone: the order stays paid by the rest, and a second time there is nothing left', async () => {
    const { orderId, paymentId } = await kit.order(over);
    const exception = await kit.open(orderId);
    expect(await kit.decide(exception, 'refund_surplus')).toMatchObject({
      code: 'refund_requested',
      amount: { amountMinor: 1100, currency: 'USD' },
    });
    const details = await kit.details(paymentId);
    expect([details.order.status, details.refunds.map(({ amountMinor }) => amountMinor)]).toEqual(['paid', [1100]]);
    expect(await kit.decide(exception, 'refund_surplus')).toMatchObject({ kind: 'refused' });
  });

  test('is not offered to go back where its provider cannot be asked', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'open' });
    await createPaymentLink(kit.deps, { orderId, provider: 'auto', actor: ada.actor });
    const { payments } = await kit.details(paymentId);
    expect(payments).toHaveLength(1);
    await kit.look(paymentId, over);
    kit.providers.switchOff('btcpay');
    expect(await kit.offered(await kit.open(orderId))).toEqual(['keep']);
  });
});

describe('a payment that came late', () => {
  test('is accepted, and the order is paid as if it had been in time', async () => {
    const { orderId, paymentId } = await kit.order(late);
    const exception = await kit.open(orderId);
    expect(await kit.offered(exception)).toEqual(['accept', 'refund']);
    await kit.decide(exception, 'accept', { reason: 'The price is the same' });
    const { order, payment } = await kit.details(paymentId);
    expect([order.status, payment.status, payment.acceptedReason]).toEqual([
      'paid',
      'paid_late',
      'The price is the same',
    ]);
    await kit.look(paymentId, { ...late, providerStatus: 'Expired / PaidLate again' });
    expect(await kit.allOpen(orderId)).toEqual([]);
  });

  test('asks for no new link, because all of the money is there', async () => {
    const { orderId } = await kit.order(late);
    const link = await createPaymentLink(kit.deps, { orderId, provider: 'auto', actor: ada.actor });
    expect(link).toEqual({ kind: 'refused', code: 'nothing_missing' });
  });
});

describe('money that came a second time', () => {
  async function paidTwice() {
    const { orderId, paymentId } = await kit.order({ state: 'failed', providerStatus: 'Invalid' });
    await createPaymentLink(kit.deps, { orderId, provider: 'btcpay', actor: ada.actor });
    const second = (await kit.details(paymentId)).payments.at(-1);
    if (second === undefined) throw new Error('no second payment');
    await kit.look(second.id, paid);
    await kit.look(paymentId, paid);
    return { orderId, paymentId, exception: await kit.open(orderId) };
  }

  test('stays with the order on a person’s word, noted in its history', async () => {
    const { orderId, paymentId, exception } = await paidTwice();
    expect(exception.kind).toBe('payment_duplicate');
    expect(await kit.offered(exception)).toEqual(['keep', 'refund']);
    await kit.decide(exception, 'keep', { reason: 'For her next order' });
    const { order, timeline } = await kit.details(paymentId);
    expect(order.status).toBe('paid');
    expect(timeline.at(-1)?.text).toContain('Ada kept the money with the order: For her next order');
    expect(await kit.allOpen(orderId)).toEqual([]);
  });

  test('goes back: that payment, and not the one that paid the order', async () => {
    const { paymentId, exception } = await paidTwice();
    await kit.decide(exception, 'refund');
    const { order, refunds } = await kit.details(paymentId);
    expect(refunds).toMatchObject([{ paymentId, amountMinor: 4900 }]);
    expect(order.status).toBe('paid');
  });
});

describe('money for an order that was cancelled', () => {
  async function unexpected() {
    const { orderId, paymentId } = await kit.order({ state: 'open' });
    await cancelOrder(kit.deps, { orderId, actor: ada.actor, reason: null });
    await kit.look(paymentId, paid);
    await kit.shopHears();
    return { orderId, paymentId, exception: await kit.open(orderId) };
  }

  test('brings the order back when somebody accepts it', async () => {
    const { paymentId, exception } = await unexpected();
    expect(exception.kind).toBe('payment_unexpected');
    expect(await kit.offered(exception)).toEqual(['accept', 'keep', 'refund']);
    await kit.decide(exception, 'accept');
    expect((await kit.details(paymentId)).order.status).toBe('paid');
    expect(await kit.shopHears()).toEqual(['order.paid']);
  });

  test('goes back, and then the order is over for good', async () => {
    const { orderId, paymentId, exception } = await unexpected();
    await kit.decide(exception, 'refund');
    expect(await kit.allOpen(orderId)).toEqual([]);
    expect((await kit.details(paymentId)).order.status).toBe('needs_attention');
  });
});
