// Of an order that needs attention somebody is asked, also when the case that asked ends by itself; or the order goes back to
// what it was.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { keepUnread } from '#payments/lifecycle/unread-payment.ts';
import { ProviderNotUnderstood } from '#payments/ports/provider-errors.ts';
import { fetchRefunds } from '#payments/refunds/fetch-refunds.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { ada, type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';
import { openRefundKit } from '#test/support/scenario-kits/refund-kit.ts';

const cause = { kind: 'poll', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
const invalid = { state: 'invalid', providerStatus: 'Invalid' } as const;
const cancelled = { state: 'cancelled', providerStatus: 'Invalid / Marked' } as const;
const open = { state: 'open', providerStatus: 'New' } as const;
const expired = { state: 'expired', providerStatus: 'Expired' } as const;
const paidInPart = { ...expired, providerStatus: 'Expired / PaidPartial' } as const;

let kit: CaseKit;
beforeEach(async () => {
  kit = await openCaseKit();
});
afterEach(() => kit.remove());

async function statusOf({ paymentId, orderId }: Awaited<ReturnType<CaseKit['order']>>): Promise<[string, string[]]> {
  return [(await kit.details(paymentId)).order.status, await kit.allOpen(orderId)];
}

describe('what needed attention is over by itself, and no money is there', () => {
  test('so an order that was cancelled is cancelled again', async () => {
    const order = await kit.order(open);
    await cancelOrder(kit.deps, { orderId: order.orderId, actor: ada.actor, reason: null });
    await kit.look(order.paymentId, cancelled);
    await kit.look(order.paymentId, invalid);
    expect(await statusOf(order)).toEqual(['needs_attention', ['payment_unconfirmed']]);
    await kit.look(order.paymentId, cancelled);
    expect(await statusOf(order)).toEqual(['cancelled', []]);
    expect((await kit.details(order.paymentId)).order.attention).toBeNull();
  });

  test('so an order whose link collected a wrong amount waits for it, or has expired', async () => {
    const wrong = { ...open, requested: { amount: '4.90', asset: 'USD' } };
    const order = await kit.order(wrong);
    expect(await statusOf(order)).toEqual(['needs_attention', ['payment_mismatch']]);
    await kit.look(order.paymentId, open);
    expect(await statusOf(order)).toEqual(['awaiting_payment', []]);
    await kit.look(order.paymentId, wrong);
    await kit.look(order.paymentId, expired);
    expect((await statusOf(order))[0]).toBe('expired');
  });

  test('so the order waits for the new link that it was given', async () => {
    const order = await kit.order({ ...paidInPart, settlement: money('20.00') });
    await kit.look(order.paymentId, expired);
    expect(await statusOf(order)).toEqual(['needs_attention', ['payment_double_spent']]);
    await createPaymentLink(kit.deps, { orderId: order.orderId, provider: 'auto', actor: ada.actor });
    expect(await statusOf(order)).toEqual(['awaiting_payment', []]);
  });

  test('also where an answer that was not understood asked last', async () => {
    const order = await kit.order(invalid);
    const { payment } = await kit.details(order.paymentId);
    const about = { provider: 'btcpay', operation: 'fetch', code: null, httpStatus: null, message: '?' } as const;
    const error = new ProviderNotUnderstood({ ...about, what: 'Odd', paymentId: payment.id });
    await keepUnread(kit.deps, { payment, cause, error });
    expect(await statusOf(order)).toEqual(['needs_attention', ['payment_unconfirmed', 'payment_unread']]);
    await kit.look(order.paymentId, cancelled);
    expect(await statusOf(order)).toEqual(['expired', []]);
  });
});

test('what an admin decided stands: nothing is asked again, and the order stays', async () => {
  const order = await kit.order(invalid);
  await kit.decide(await kit.open(order.orderId), 'dismiss');
  await kit.look(order.paymentId, cancelled);
  expect(await statusOf(order)).toEqual(['needs_attention', []]);
});

test('money that came before is asked about again when that of another link is gone', async () => {
  const order = await kit.order({ ...paidInPart, settlement: money('20.00') });
  const link = { orderId: order.orderId, provider: 'auto', actor: ada.actor } as const;
  await createPaymentLink(kit.deps, link);
  const [, second] = (await kit.details(order.paymentId)).payments;
  if (second === undefined) throw new Error('no second link');
  await kit.look(second.id, { ...paidInPart, isLate: true });
  expect((await kit.open(order.orderId)).paymentId).toBe(second.id);
  await kit.look(second.id, expired);
  expect((await kit.details(order.paymentId)).order.status).toBe('needs_attention');
  expect(await kit.open(order.orderId)).toMatchObject({ kind: 'payment_underpaid', paymentId: order.paymentId });
});

test('of money that was seen the part that is left is what is asked about', async () => {
  const order = await kit.order({ state: 'processing', providerStatus: 'Processing', settlement: money('49.00') });
  await kit.look(order.paymentId, { ...paidInPart, settlement: money('4.90') });
  expect(await statusOf(order)).toEqual(['needs_attention', ['payment_underpaid']]);
});

test('a refund that is made again after it was taken back leaves the order refunded in part', async () => {
  const opened = await openTestDatabase();
  const refunds = await openRefundKit(opened, { startsAs: 'pending' });
  const ask = { amount: { amountMinor: 2_000, currency: 'USD' } };
  const end = async (state: 'succeeded' | 'failed', at: number): Promise<string> => {
    const refund = (await refunds.refunds())[at];
    refunds.refundProvider.decide(refund?.id ?? '', state);
    const [payment] = (await refunds.details()).payments;
    if (payment === undefined) throw new Error('the payment vanished');
    await fetchRefunds(refunds.deps, { payment, cause });
    return (await refunds.details()).order.status;
  };
  await refunds.ask(ask);
  await refunds.deliver();
  expect(await end('succeeded', 0)).toBe('partially_refunded');
  expect(await end('failed', 0)).toBe('needs_attention');
  await refunds.pass(1);
  await refunds.ask(ask);
  await refunds.deliver();
  expect(await end('succeeded', 1)).toBe('partially_refunded');
  expect((await refunds.details()).cases).toEqual([]);
  await opened.remove();
});
