// No money came, or it was taken back, or a person knows better than any provider.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assignCase } from '#cases/acknowledge-case.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { retireCases } from '#cases/retire-cases.ts';
import { systemActor } from '#kernel/actor.ts';
import { day, hour } from '#kernel/clock.ts';
import { causeOf } from '#kernel/transaction-context.ts';
import { fulfilOrder } from '#payments/collect/fulfil-order.ts';
import { markPaid } from '#payments/overrides/mark-paid.ts';
import { writeOffOrder } from '#payments/overrides/write-off-order.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { ada, bob, type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';

let kit: CaseKit;
beforeEach(async () => {
  kit = await openCaseKit();
});
afterEach(() => kit.remove());

const paid = { state: 'confirmed', providerStatus: 'Settled', settlement: money('49.00') } as const;
const reversed = { state: 'invalid', providerStatus: 'Invalid', settlement: money('49.00') } as const;

/** What everybody who gets alerts is applied of what somebody did by hand. */
async function loud(): Promise<{ headline: string; why: string; severity: string }[]> {
  const query = { statuses: ['open'] as const, before: null, limit: 50 };
  const alerts = await kit.opened.database.read((stores) => listAlerts(stores, query.statuses));
  const byHand = alerts.filter(({ kind }) => kind === 'order_marked_paid' || kind === 'order_written_off');
  return byHand.map(({ facts, severity }) => ({ headline: facts.headline, why: facts.why, severity }));
}

describe('a payment that failed or ran out', () => {
  test.each(['failed', 'expired'] as const)('%s: a new link ends it, at the provider that is named', async (state) => {
    const { orderId, paymentId } = await kit.order({ state });
    const exception = await kit.open(orderId);
    expect(await kit.offered(exception)).toEqual(['new_link', 'check', 'mark_paid', 'cancel']);
    const result = await kit.decide(exception, 'new_link', { option: 'bitpay', reason: 'She prefers BitPay' });
    expect(result).toMatchObject({ kind: 'decided', link: { payment: { provider: 'bitpay', amount: '49.00' } } });
    expect(await kit.find(exception.id)).toMatchObject({ resolution: 'new_link', reason: 'She prefers BitPay' });
    expect((await kit.details(paymentId)).order.status).toBe('awaiting_payment');
    expect(await kit.audit()).toContain('case.new_link: She prefers BitPay');
    expect(await kit.undo(exception)).toMatchObject({ kind: 'refused' });
  });

  test('a second link elsewhere is refused while the first is open: it could be paid twice', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'open' });
    await kit.look(paymentId, { requested: { amount: '48.00', asset: 'USD' } });
    const exception = await kit.open(orderId);
    expect(exception.kind).toBe('payment_mismatch');
    await kit.decide(exception, 'new_link', { option: 'btcpay' });
    const again = await kit.decide(exception, 'new_link', { option: 'bitpay' });
    expect(again).toEqual({ kind: 'refused', code: 'link_open', provider: 'btcpay' });
  });

  test('a link for an order that needs attention lets its exception rest, and brings it back unpaid', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'open' });
    await kit.look(paymentId, { requested: { amount: '48.00', asset: 'USD' } });
    const exception = await kit.open(orderId);
    await kit.decide(exception, 'new_link', { option: 'btcpay' });
    expect(await kit.open(orderId)).toMatchObject({ id: exception.id, snoozedUntil: expect.any(Number) });
    const link = (await kit.details(paymentId)).payments.at(-1);
    if (link === undefined) throw new Error('no link');
    await kit.look(link.id, paid);
    expect((await kit.details(paymentId)).order.status).toBe('paid');
    expect(await kit.allOpen(orderId)).toEqual([]);
  });

  test('cancels the order with a reason, and the shop is told', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'expired' });
    await kit.shopHears();
    await kit.decide(await kit.open(orderId), 'cancel', { reason: 'Ordered by mistake' });
    const { order, timeline } = await kit.details(paymentId);
    expect(order.status).toBe('cancelled');
    expect(timeline.map(({ text }) => text)).toContain('cancelled by an admin: Ordered by mistake');
    expect(await kit.shopHears()).toEqual(['order.cancelled']);
  });

  test('that ran out is forgotten after a day, unless somebody has it', async () => {
    const first = await kit.order({ state: 'expired' });
    const second = await kit.order({ state: 'expired' });
    const failed = await kit.order({ state: 'failed' });
    await assignCase(kit.deps, { caseId: (await kit.open(second.orderId)).id, by: ada });
    expect(await retireCases(kit.deps, { limit: 9 })).toEqual({ retired: 0 });
    kit.deps.clock.advance(day + hour);
    expect(await retireCases(kit.deps, { limit: 9 })).toEqual({ retired: 1 });
    expect(await kit.allOpen(first.orderId)).toEqual([]);
    expect(await kit.allOpen(second.orderId)).toEqual(['payment_expired']);
    expect(await kit.allOpen(failed.orderId)).toEqual(['payment_failed']);
    expect(await kit.alert(`payment_expired:${first.orderId}`)).toMatchObject({ status: 'resolved' });
  });
});

describe('mark paid', () => {
  test('makes any unpaid order paid, and everybody who gets alerts hears who did it and why', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'open' });
    const result = await markPaid(kit.deps, { orderId, by: bob, reason: 'Paid in cash at the fair' });
    expect(result).toMatchObject({ kind: 'decided' });
    const { order, payment } = await kit.details(paymentId);
    expect([order.status, payment.status, payment.trust]).toEqual(['paid', 'created', 'fetched']);
    expect(payment).toMatchObject({ acceptedBy: 'Bob', acceptedReason: 'Paid in cash at the fair' });
    expect(await loud()).toEqual([
      { headline: 'Marked as paid by an admin', why: 'Bob: Paid in cash at the fair', severity: 'info' },
    ]);
    expect(await kit.audit()).toContain('order.mark_paid: Paid in cash at the fair');
    expect(await kit.shopHears()).toEqual(['order.paid']);
  });

  test('closes the link that could still be paid; money that comes all the same is not announced twice', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'open' });
    await markPaid(kit.deps, { orderId, by: bob, reason: 'Cash' });
    const now = kit.deps.clock.now();
    const claim = { lane: 'provider', now, lockedUntil: now, lockedBy: 'test', limit: 9, suspectedPoison: false };
    const owed = await kit.opened.database.transaction(({ outbox }) => outbox.claimDue(claim));
    expect(owed.map(({ topic, payload }) => [topic, payload['paymentId']])).toEqual([['payment.cancel', paymentId]]);
    await kit.look(paymentId, paid);
    expect(await kit.shopHears()).toEqual(['order.paid']);
    expect(await kit.allOpen(orderId)).toEqual([]);
  });

  test('ends the exceptions of the order, and is refused for one that is paid or went back', async () => {
    const { orderId } = await kit.order({ state: 'failed' });
    expect(await markPaid(kit.deps, { orderId, by: bob, reason: '' })).toMatchObject({ kind: 'refused' });
    await markPaid(kit.deps, { orderId, by: bob, reason: 'Cash' });
    expect(await kit.allOpen(orderId)).toEqual([]);
    const again = await markPaid(kit.deps, { orderId, by: bob, reason: 'Cash' });
    expect(again).toEqual({ kind: 'refused', code: 'order_is_already', status: 'paid' });
    expect(await loud()).toHaveLength(1);
  });

  test('from an exception can be taken back while nothing has been delivered', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'failed' });
    const exception = await kit.open(orderId);
    await kit.decide(exception, 'mark_paid', { reason: 'Bank transfer' });
    expect((await kit.details(paymentId)).order.status).toBe('paid');
    expect(await loud()).toMatchObject([{ why: 'Ada: Bank transfer' }]);
    await kit.undo(exception);
    expect((await kit.details(paymentId)).order.status).toBe('needs_attention');
    expect(await kit.allOpen(orderId)).toEqual(['payment_failed']);
  });
});

describe('write off', () => {
  test('ends an order that was not delivered, loudly', async () => {
    const { orderId, paymentId } = await kit.order({ state: 'expired' });
    await writeOffOrder(kit.deps, { orderId, by: bob, reason: 'She does not answer' });
    expect((await kit.details(paymentId)).order.status).toBe('cancelled');
    expect(await loud()).toEqual([{ headline: 'Written off', why: 'Bob: She does not answer', severity: 'info' }]);
    expect(await kit.audit()).toContain('order.write_off: She does not answer');
  });

  test('is refused for a paid order, and while a part of the money is there', async () => {
    const full = await kit.order(paid);
    const reason = 'Why not';
    expect(await writeOffOrder(kit.deps, { orderId: full.orderId, by: bob, reason })).toMatchObject({
      kind: 'refused',
    });
    const part = await kit.order({ state: 'expired', settlement: money('10.00') });
    const refused = await writeOffOrder(kit.deps, { orderId: part.orderId, by: bob, reason });
    expect(refused).toEqual({ kind: 'refused', code: 'money_is_there' });
    expect(await loud()).toEqual([]);
  });
});

describe('a payment that was reversed', () => {
  async function takenBack(delivered: boolean) {
    const { orderId, paymentId } = await kit.order(paid);
    if (delivered) await fulfilOrder(kit.deps, { orderId, actor: ada.actor });
    await kit.look(paymentId, reversed);
    await kit.shopHears();
    return { orderId, paymentId, exception: await kit.open(orderId) };
  }

  test('suspends the order, and restores it by itself when it confirms after all', async () => {
    const { orderId, paymentId, exception } = await takenBack(true);
    expect((await kit.details(paymentId)).order.status).toBe('needs_attention');
    await kit.look(paymentId, paid);
    expect((await kit.details(paymentId)).order.status).toBe('fulfilled');
    expect(await kit.allOpen(orderId)).toEqual([]);
    expect(await kit.find(exception.id)).toMatchObject({ resolution: 'by_itself' });
    expect(await kit.shopHears()).toEqual(['payment.restored']);
  });

  test('is a loss that somebody accepts: what was delivered counts as done, and can be expected again', async () => {
    const { orderId, paymentId, exception } = await takenBack(true);
    expect(await kit.offered(exception)).toEqual(['check', 'new_link', 'write_off']);
    await kit.decide(exception, 'write_off', { reason: 'Too little to chase' });
    expect((await kit.details(paymentId)).order.status).toBe('fulfilled');
    expect(await loud()).toMatchObject([{ why: 'Ada: Too little to chase' }]);
    expect(await kit.shopHears()).toEqual([]);
    await kit.undo(exception);
    expect((await kit.details(paymentId)).order.status).toBe('needs_attention');
    expect(await kit.open(orderId)).toMatchObject({ id: exception.id, openedAt: exception.openedAt });
  });

  test('before the delivery is cancelled or written off, and neither after it', async () => {
    const undelivered = await takenBack(false);
    expect(await kit.offered(undelivered.exception)).toEqual(['check', 'new_link', 'write_off', 'cancel']);
    await kit.decide(undelivered.exception, 'cancel');
    expect((await kit.details(undelivered.paymentId)).order.status).toBe('cancelled');
    const delivered = await takenBack(true);
    expect(await kit.decide(delivered.exception, 'cancel')).toMatchObject({ kind: 'refused' });
  });

  test('is asked for anew: the goods stay delivered, and the order is done when the new link is paid', async () => {
    const { orderId, paymentId, exception } = await takenBack(true);
    await kit.decide(exception, 'new_link', { option: 'btcpay' });
    const link = (await kit.details(paymentId)).payments.at(-1);
    if (link === undefined) throw new Error('no link');
    expect(link.amountMinor).toBe(4900);
    expect((await kit.details(paymentId)).order.status).toBe('needs_attention');
    await kit.look(link.id, paid);
    expect((await kit.details(paymentId)).order.status).toBe('fulfilled');
    expect(await kit.allOpen(orderId)).toEqual([]);
  });
});

describe('a sale that is held', () => {
  async function held() {
    const { orderId, paymentId } = await kit.order({ state: 'open' });
    const { database, clock, ids } = kit.deps;
    await kit.look(paymentId, paid);
    await database.transaction(async (stores) => {
      const payment = await stores.payments.findPayment(paymentId);
      const order = await stores.orders.findOrder(orderId);
      if (payment === undefined || order === undefined) throw new Error('it vanished');
      const updatedAt = clock.now();
      const change = { status: payment.status, heldAt: updatedAt, updatedAt };
      await stores.payments.changePayment(payment, change);
      const waits = { status: 'needs_attention', paidAt: null, attention: 'held', updatedAt } as const;
      await stores.orders.changeOrder(order, waits);
      await raiseCase(
        { stores, clock, ids, cause: causeOf(systemActor) },
        {
          key: `payment_held:${orderId}`,
          kind: 'payment_held',
          severity: 'warning',
          orderId,
          paymentId,
          facts: { headline: 'Sale is held', why: 'above the limit', trust: 'token' },
          actions: ['resolve'],
        },
      );
    });
    return { orderId, paymentId, exception: await kit.open(orderId) };
  }

  test('counts once somebody accepts it, and is held again when that is taken back', async () => {
    const { paymentId, exception } = await held();
    expect(await kit.offered(exception)).toEqual(['accept', 'reject']);
    await kit.decide(exception, 'accept');
    const accepted = await kit.details(paymentId);
    expect([accepted.order.status, accepted.payment.heldAt]).toEqual(['paid', null]);
    await kit.undo(exception);
    const again = await kit.details(paymentId);
    expect([again.order.status, again.payment.heldAt === null]).toEqual(['needs_attention', false]);
  });

  test('delivers nothing once it is rejected', async () => {
    const { paymentId, exception } = await held();
    await kit.decide(exception, 'reject', { reason: 'It looks like fraud' });
    const { order, payment } = await kit.details(paymentId);
    expect([order.status, payment.status, payment.heldAt]).toEqual(['cancelled', 'cancelled', null]);
    expect(await kit.undo(exception)).toMatchObject({ kind: 'refused' });
  });
});
