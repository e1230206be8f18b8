// A payment came short: every way on, and back.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { wakeCases } from '#cases/snooze-case.ts';
import { day, hour, minute } from '#kernel/clock.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { expireOrders } from '#payments/collect/expire-orders.ts';
import { fulfilOrder } from '#payments/collect/fulfil-order.ts';
import type { Payment } from '#payments/model/payment.ts';
import { decideApproval } from '#payments/refunds/decide-approval.ts';
import { requestRefund } from '#payments/refunds/request-refund.ts';
import { decideCase } from '#payments/resolutions/actions/decide-case.ts';
import { rejected } from '#test/support/fakes/scripted-providers.ts';
import { ada, type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';

let kit: CaseKit;
let orderId: OrderId;
let paymentId: PaymentId;
let short: Case;
beforeEach(async () => {
  kit = await openCaseKit();
  const coin = { expected: '0.00076563', received: '0.00038281', asset: 'BTC' };
  const shows = {
    state: 'expired',
    providerStatus: 'Expired / PaidPartial',
    settlement: money('24.50'),
    coin,
  } as const;
  ({ orderId, paymentId } = await kit.order(shows));
  short = await kit.open(orderId);
  await kit.shopHears();
});
afterEach(() => kit.remove());

const statusOf = async () => (await kit.details(paymentId)).order.status;
const lastPayment = async (): Promise<Payment> => {
  const { payments } = await kit.details(paymentId);
  const last = payments.at(-1);
  if (last === undefined || last.id === paymentId) throw new Error('there is only the first payment');
  return last;
};

test('tells the gap in fiat and in coin, on the exception and on the alert', async () => {
  expect(short.facts).toMatchObject({
    differenceFiat: '24.50 USD',
    differenceCoin: '0.00038282 BTC',
    headline: 'Payment underpaid',
  });
  const alert = await kit.opened.database.read((stores) => stores.cases.findLiveCase(short.key));
  expect(alert?.facts.detail).toBe('24.50 USD of 49.00 USD received, 24.50 USD is missing (0.00038282 BTC)');
  expect(await kit.offered(short)).toEqual(['ask_rest', 'accept', 'refund', 'wait']);
});

describe('accept', () => {
  test('makes the order paid on a person’s word; evidence and trust stay what they are', async () => {
    expect(await kit.decide(short, 'accept', { reason: ' Nearly\nall of it ' })).toMatchObject({ kind: 'decided' });
    const { order, payment, timeline } = await kit.details(paymentId);
    expect(order.status).toBe('paid');
    expect(payment).toMatchObject({ status: 'underpaid', trust: 'fetched', acceptedBy: 'Ada' });
    expect(payment.acceptedReason).toBe('Nearly all of it');
    const said = 'Payment underpaid: Ada accepted as paid: Nearly all of it';
    expect(timeline.map(({ text }) => text)).toContain(said);
    expect(await kit.shopHears()).toEqual(['order.paid']);
    expect(await kit.audit()).toContain('case.accept: Nearly all of it');
    expect(await kit.find(short.id)).toMatchObject({ status: 'resolved', resolution: 'accept', resolvedBy: 'Ada' });
    const outcome = 'Ada accepted as paid: Nearly all of it';
    expect(await kit.alert(short.key)).toMatchObject({ status: 'resolved', outcome });
  });

  test('is taken back with the old age, and the shop hears that the order needs attention', async () => {
    await kit.decide(short, 'accept');
    kit.deps.clock.advance(hour);
    expect(await kit.undo(short)).toMatchObject({ kind: 'decided' });
    expect(await statusOf()).toBe('needs_attention');
    expect(await kit.open(orderId)).toMatchObject({ id: short.id, openedAt: short.openedAt, resolution: null });
    expect(await kit.alert(short.key)).toMatchObject({ status: 'open' });
    expect((await kit.details(paymentId)).payment).toMatchObject({ acceptedAt: null, acceptedBy: null });
    expect(await kit.shopHears()).toEqual(['order.paid', 'order.needs_attention']);
    await kit.decide(short, 'accept');
    expect(await kit.shopHears()).toEqual(['payment.restored']);
  });

  test('is not taken back once the goods have left', async () => {
    await kit.decide(short, 'accept');
    await fulfilOrder(kit.deps, { orderId, actor: ada.actor });
    expect(await kit.undo(short)).toMatchObject({ kind: 'refused' });
    expect(await statusOf()).toBe('fulfilled');
    expect((await kit.details(paymentId)).payment.acceptedBy).toBe('Ada');
  });

  test('is not taken back once money went back', async () => {
    await kit.decide(short, 'accept');
    await requestRefund(kit.deps, { paymentId, amount: 'all', reason: 'Asked for', actor: ada.actor });
    expect(await kit.undo(short)).toEqual({ kind: 'refused', code: 'money_refunded' });
  });

  test('is decided once: who comes second hears whose decision it was', async () => {
    await kit.decide(short, 'accept');
    expect(await kit.decide(short, 'wait', { option: 'hour' })).toEqual({ kind: 'over', by: 'Ada' });
    expect((await kit.audit()).filter((each) => each.startsWith('case.'))).toHaveLength(1);
  });

  test('notices when the money that was accepted is gone', async () => {
    await kit.decide(short, 'accept');
    await kit.shopHears();
    await kit.look(paymentId, { state: 'invalid', providerStatus: 'Invalid', settlement: money('24.50') });
    expect(await statusOf()).toBe('needs_attention');
    expect(await kit.allOpen(orderId)).toEqual(['payment_reversed']);
    expect((await kit.shopHears()).sort()).toEqual(['order.needs_attention', 'payment.reversed']);
    await kit.look(paymentId, { state: 'expired', providerStatus: 'Expired', settlement: money('24.50') });
    expect(await statusOf()).toBe('paid');
    expect(await kit.allOpen(orderId)).toEqual([]);
    expect(await kit.shopHears()).toEqual(['payment.restored']);
  });
});

describe('ask for the rest', () => {
  test('asks for the difference only, and the order is paid by both together', async () => {
    const result = await kit.decide(short, 'ask_rest');
    expect(result).toMatchObject({ kind: 'decided', link: { status: 'awaiting_payment' } });
    const rest = await lastPayment();
    expect(rest).toMatchObject({ amountMinor: 2450, requestedAmount: '24.50', provider: 'btcpay' });
    expect(await statusOf()).toBe('awaiting_payment');
    expect(await kit.open(orderId)).toMatchObject({ id: short.id, snoozedUntil: rest.expiresAt + minute });
    expect(await kit.alert(short.key)).toMatchObject({ status: 'snoozed' });
    await kit.look(rest.id, { state: 'confirmed', settlement: money('24.50', '24.50') });
    expect(await statusOf()).toBe('paid');
    expect(await kit.allOpen(orderId)).toEqual([]);
    expect(await kit.shopHears()).toEqual(['order.paid']);
  });

  test('at another provider, where it is wanted there', async () => {
    await kit.decide(short, 'ask_rest', { option: 'bitpay' });
    expect(await lastPayment()).toMatchObject({ provider: 'bitpay', amountMinor: 2450 });
  });

  test('never asks for the whole again, however often it is asked', async () => {
    await kit.decide(short, 'ask_rest');
    const first = await lastPayment();
    await kit.decide(short, 'ask_rest');
    expect(await lastPayment()).toMatchObject({ id: first.id });
    await kit.look(first.id, { state: 'expired', settlement: money('10.00', '24.50') });
    const again = await kit.open(orderId);
    expect(again).toMatchObject({ id: short.id, facts: { differenceFiat: '14.50 USD' } });
    await kit.decide(again, 'ask_rest');
    expect(await lastPayment()).toMatchObject({ amountMinor: 1450 });
  });

  test('comes back with its old age when the rest is not paid, and the order needs attention again', async () => {
    await kit.decide(short, 'ask_rest');
    const rest = await lastPayment();
    await kit.shopHears();
    await kit.look(rest.id, { state: 'expired', providerStatus: 'Expired' });
    expect(await statusOf()).toBe('needs_attention');
    expect(await kit.open(orderId)).toMatchObject({ id: short.id, openedAt: short.openedAt, snoozedUntil: null });
    expect(await kit.alert(short.key)).toMatchObject({ status: 'open' });
    expect(await kit.shopHears()).toEqual(['order.needs_attention']);
  });

  test('leaves no order behind when no provider can make the link', async () => {
    for (const { name } of kit.providers.list()) {
      kit.providers.onCreate(name, () => {
        throw rejected(name);
      });
    }
    expect(await kit.decide(short, 'ask_rest')).toMatchObject({ kind: 'refused' });
    expect(await kit.allOpen(orderId)).toEqual(['payment_underpaid', 'payment_not_created']);
    kit.deps.clock.advance(2 * hour);
    await expireOrders(kit.deps, { limit: 9 });
    expect(await statusOf()).toBe('needs_attention');
  });

  test('is a new link over the whole where the provider sends back what came short', async () => {
    const other = await openCaseKit();
    const made = await other.order({ state: 'open' });
    await other.look(made.paymentId, { state: 'failed' });
    await createPaymentLink(other.deps, { orderId: made.orderId, provider: 'bitpay', actor: ada.actor });
    const { payments } = await other.details(made.paymentId);
    const bitpay = payments.at(-1);
    if (bitpay === undefined) throw new Error('no payment');
    await other.look(bitpay.id, { state: 'expired', settlement: money('24.50') });
    const exception = await other.open(made.orderId);
    expect(exception.facts.differenceFiat).toBe('24.50 USD');
    expect(await other.offered(exception)).toEqual(['accept', 'wait', 'new_link', 'cancel']);
    await other.decide(exception, 'new_link');
    expect((await other.details(made.paymentId)).payments.at(-1)).toMatchObject({ amountMinor: 4900 });
    await other.remove();
  });

  test('is short still when the money that came first goes back before the rest comes', async () => {
    await kit.decide(short, 'ask_rest');
    const rest = await lastPayment();
    await requestRefund(kit.deps, { paymentId, amount: 'all', reason: 'Asked for', actor: ada.actor });
    await kit.look(rest.id, { state: 'confirmed', settlement: money('24.50', '24.50') });
    expect(await statusOf()).toBe('needs_attention');
    expect(await kit.open(orderId)).toMatchObject({
      kind: 'payment_underpaid',
      facts: { differenceFiat: '24.50 USD' },
    });
  });

  test('needs attention again when one of the two payments is taken back', async () => {
    await kit.decide(short, 'ask_rest');
    const rest = await lastPayment();
    await kit.look(rest.id, { state: 'confirmed', settlement: money('24.50', '24.50') });
    await kit.shopHears();
    await kit.look(paymentId, { state: 'invalid', providerStatus: 'Invalid', settlement: money('24.50') });
    expect(await statusOf()).toBe('needs_attention');
    expect(await kit.allOpen(orderId)).toEqual(['payment_reversed']);
    expect((await kit.shopHears()).sort()).toEqual(['order.needs_attention', 'payment.failed']);
  });
});

describe('keep waiting', () => {
  test.each([
    ['hour', hour],
    ['day', day],
  ] as const)('rests for the %s and comes back by itself, with its alert', async (option, ms) => {
    expect(await kit.decide(short, 'wait', { option })).toMatchObject({ kind: 'decided' });
    const until = kit.deps.clock.now() + ms;
    expect(await kit.open(orderId)).toMatchObject({ snoozedUntil: until });
    expect(await kit.alert(short.key)).toMatchObject({ status: 'snoozed', snoozedUntil: until });
    kit.deps.clock.advance(ms - 1);
    expect(await wakeCases(kit.deps, { limit: 9 })).toEqual({ woken: 0 });
    kit.deps.clock.advance(1);
    expect(await wakeCases(kit.deps, { limit: 9 })).toEqual({ woken: 1 });
    expect(await kit.open(orderId)).toMatchObject({ snoozedUntil: null, openedAt: short.openedAt });
    expect(await kit.alert(short.key)).toMatchObject({ status: 'open' });
    expect(await kit.audit()).toContain('case.wait: Agreed by phone');
  });

  test('is due at once when somebody takes the waiting back', async () => {
    await kit.decide(short, 'wait', { option: 'day' });
    expect(await kit.undo(short)).toMatchObject({ kind: 'decided' });
    expect(await kit.open(orderId)).toMatchObject({ snoozedUntil: null });
    expect(await kit.undo(short)).toMatchObject({ kind: 'refused' });
  });

  test('wants to know how long', async () => {
    expect(await kit.decide(short, 'wait')).toMatchObject({ kind: 'refused' });
    expect(await kit.decide(short, 'wait', { option: 'year' })).toMatchObject({ kind: 'refused' });
  });
});

describe('refund what came', () => {
  test('asks for the refund and ends the exception in one step; the order ends when the money is back', async () => {
    expect(await kit.decide(short, 'refund')).toMatchObject({
      kind: 'decided',
      code: 'refund_requested',
      amount: { amountMinor: 2450, currency: 'USD' },
    });
    const { refunds } = await kit.details(paymentId);
    expect(refunds).toMatchObject([{ amountMinor: 2450, reason: 'Agreed by phone', requestedById: '42' }]);
    expect(await kit.find(short.id)).toMatchObject({
      status: 'resolved',
      resolution: 'refund',
      refundId: refunds[0]?.id,
    });
    expect(await kit.offered(short)).toEqual([]);
  });

  test('is to be decided again when nobody approves it', async () => {
    kit.deps.needsApproval = () => true;
    expect(await kit.decide(short, 'refund')).toMatchObject({ code: 'awaiting_approval' });
    const { refunds } = await kit.details(paymentId);
    const refundId = refunds[0]?.id;
    if (refundId === undefined) throw new Error('no refund');
    const bob = { kind: 'admin', id: '43' } as const;
    await decideApproval(kit.deps, { refundId, decision: 'decline', actor: bob, reason: 'No' });
    expect(await kit.open(orderId)).toMatchObject({ id: short.id, openedAt: short.openedAt });
    expect(await kit.alert(short.key)).toMatchObject({ status: 'open' });
  });

  test('cannot be taken back, because the money may have left', async () => {
    await kit.decide(short, 'refund');
    expect(await kit.undo(short)).toMatchObject({ kind: 'refused' });
  });

  test('asks for nothing when somebody settled it a moment before', async () => {
    const { transaction } = kit.opened.database;
    let isFirst = true;
    const database = {
      ...kit.deps.database,
      async transaction<Result>(work: Parameters<typeof transaction<Result>>[0]) {
        if (isFirst) {
          isFirst = false;
          await kit.decide(short, 'accept');
        }
        return transaction(work);
      },
    };
    const asked = { caseId: short.id, action: 'refund', option: null, reason: 'Asked for', by: ada } as const;
    expect(await decideCase({ ...kit.deps, database }, asked)).toEqual({ kind: 'over', by: null });
    expect((await kit.details(paymentId)).refunds).toEqual([]);
  });
});

describe('every decision', () => {
  test('needs a reason, and one that can be read', async () => {
    for (const reason of ['', '  \n', 'x'.repeat(301)])
      expect(await kit.decide(short, 'accept', { reason })).toMatchObject({ kind: 'refused' });
    expect(await kit.audit()).not.toContain('case.accept');
    expect(await statusOf()).toBe('needs_attention');
  });

  test('is refused where it does not help against the kind', async () => {
    for (const action of ['keep', 'mark_paid', 'reject', 'dismiss', 'link_order'] as const)
      expect(await kit.decide(short, action)).toMatchObject({ kind: 'refused' });
    expect(await kit.decide({ id: 'unknown' }, 'accept')).toEqual({ kind: 'unknown' });
  });

  test('cancels nothing while money is there', async () => {
    expect(await kit.decide(short, 'cancel')).toMatchObject({ kind: 'refused' });
    expect(await statusOf()).toBe('needs_attention');
  });
});
