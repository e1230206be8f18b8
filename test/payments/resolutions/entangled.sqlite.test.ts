// Troubles that meet: several payments of one order, decisions taken back after the facts went on, refunds that fail later.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { asPaymentId, asProviderReference, type OrderId, type PaymentId } from '#kernel/ids.ts';
import { fulfilOrder } from '#payments/collect/fulfil-order.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { markPaid } from '#payments/overrides/mark-paid.ts';
import { followRefunds } from '#payments/refunds/follow-refunds.ts';
import { requestRefund } from '#payments/refunds/request-refund.ts';
import { createRefundHandler } from '#payments/refunds/send-refund.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { ada, type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';

let kit: CaseKit;
beforeEach(async () => {
  kit = await openCaseKit();
});
afterEach(() => kit.remove());

const short = { state: 'expired', providerStatus: 'Expired / PaidPartial', settlement: money('20.00') } as const;
const late = {
  state: 'expired',
  isLate: true,
  providerStatus: 'Expired / PaidLate',
  settlement: money('49.00'),
} as const;
const paid: Partial<PaymentSnapshot> = { state: 'confirmed', providerStatus: 'Settled', settlement: money('49.00') };

/** One more payment of the order, open. */
async function another(orderId: OrderId, amountMinor = 4900): Promise<PaymentId> {
  const id = asPaymentId(kit.deps.ids.newId());
  const now = kit.deps.clock.now();
  const times = { createdAt: now, updatedAt: now, expiresAt: now + 60 * minute };
  const requestedAmount = (amountMinor / 100).toFixed(2);
  await kit.opened.database.transaction((stores) =>
    stores.payments.insertPayment(
      aPayment({ ...times, id, orderId, amountMinor, requestedAmount, reference: asProviderReference(`more-${id}`) }),
    ),
  );
  return id;
}

async function send(): Promise<void> {
  const request = { lane: 'provider', now: kit.deps.clock.now(), lockedUntil: 0, lockedBy: 'test', limit: 50 };
  const owed = await kit.opened.database.transaction(({ outbox }) =>
    outbox.claimDue({ ...request, suspectedPoison: false }),
  );
  for (const message of owed.filter(({ topic }) => topic === 'refund.send')) {
    await createRefundHandler(kit.deps).deliver(message, new AbortController().signal);
  }
}

async function giveBack(paymentId: PaymentId, amountMinor?: number): Promise<void> {
  const amount = amountMinor === undefined ? 'all' : { amountMinor, currency: 'USD' };
  await requestRefund(kit.deps, { paymentId, amount, reason: 'Agreed', actor: ada.actor });
  await send();
  await decide('succeeded');
}

async function decide(state: 'succeeded' | 'failed'): Promise<void> {
  for (const refund of kit.refunds.refunds.filter((one) => one.state === 'pending')) {
    kit.refunds.decide(refund.refundId ?? '', state);
  }
  kit.deps.clock.advance(minute);
  await followRefunds(kit.deps, { limit: 9 });
}

test('of two payments too many, giving one back leaves the other to be decided', async () => {
  const { orderId } = await kit.order(paid);
  const [second, third] = [await another(orderId), await another(orderId)];
  await kit.look(second, paid);
  await kit.look(third, paid);
  const both = await kit.opened.database.read((stores) => stores.cases.listLiveCasesForOrder(orderId));
  expect(both.map(({ kind, paymentId }) => [kind, paymentId])).toEqual([
    ['payment_duplicate', second],
    ['payment_duplicate', third],
  ]);
  await giveBack(third);
  expect(await kit.open(orderId)).toMatchObject({ paymentId: second });
});

test('of two payments that came short, giving one back leaves the other to be decided', async () => {
  const { orderId } = await kit.order(short);
  const second = await another(orderId, 2900);
  await kit.look(second, { ...short, settlement: money('10.00', '29.00') });
  const [first] = await kit.opened.database.read((stores) => stores.cases.listLiveCasesForOrder(orderId));
  if (first === undefined) throw new Error('none');
  await kit.decide(first, 'refund');
  await send();
  await decide('succeeded');
  expect(await kit.allOpen(orderId)).toContain('payment_underpaid');
});

test('a refund that fails after the rest came does not bring the old trouble back', async () => {
  const { orderId, paymentId } = await kit.order(short);
  await kit.decide(await kit.open(orderId), 'refund');
  await send();
  await kit.look(paymentId, paid);
  await decide('failed');
  expect((await kit.details(paymentId)).order.status).toBe('paid');
  expect(await kit.allOpen(orderId)).toEqual(['refund_failed']);
});

test('an acceptance is not taken back once all of the money has come', async () => {
  const { orderId, paymentId } = await kit.order(short);
  const exception = await kit.open(orderId);
  await kit.decide(exception, 'accept');
  await kit.look(paymentId, paid);
  expect(await kit.undo(exception)).toMatchObject({ kind: 'refused' });
  expect((await kit.details(paymentId)).order.status).toBe('paid');
});

test('giving back what came a second time leaves an order paid that a person vouched for', async () => {
  const { orderId, paymentId } = await kit.order({ state: 'expired', providerStatus: 'Expired' });
  await markPaid(kit.deps, { orderId, by: ada, reason: 'Bank transfer' });
  const second = await another(orderId);
  await kit.look(second, paid);
  expect(await kit.allOpen(orderId)).toEqual(['payment_duplicate']);
  await giveBack(second);
  expect((await kit.details(paymentId)).order.status).toBe('paid');
  expect(await kit.allOpen(orderId)).toEqual([]);
});

test('a surplus that went back without its exception ends it', async () => {
  const over = { state: 'confirmed', providerStatus: 'Settled', settlement: money('60.00') } as const;
  const { orderId, paymentId } = await kit.order(over);
  await giveBack(paymentId, 1100);
  expect(await kit.allOpen(orderId)).toEqual([]);
});

test('what comes by the first payment after a second one brought the rest is told as too much', async () => {
  const { orderId, paymentId } = await kit.order(short);
  const second = await another(orderId, 2900);
  await kit.look(second, { state: 'confirmed', settlement: money('29.00', '29.00') });
  expect((await kit.details(paymentId)).order.status).toBe('paid');
  await kit.look(paymentId, paid);
  expect((await kit.details(paymentId)).order.status).toBe('paid');
  expect(await kit.allOpen(orderId)).toHaveLength(1);
});

test('a late top-up of a short payment reverses nothing', async () => {
  const { orderId, paymentId } = await kit.order(short);
  const second = await another(orderId, 2900);
  await kit.look(second, { state: 'confirmed', settlement: money('29.00', '29.00') });
  await kit.look(paymentId, late);
  expect((await kit.details(paymentId)).order.status).toBe('paid');
  expect(await kit.allOpen(orderId)).not.toContain('payment_reversed');
  expect(await kit.allOpen(orderId)).toHaveLength(1);
});

test('a part that came by an old link is too much once the new one is paid in full', async () => {
  const { orderId, paymentId } = await kit.order({ state: 'expired', providerStatus: 'Expired' });
  const second = await another(orderId);
  await kit.look(paymentId, short);
  await kit.look(second, paid);
  expect((await kit.details(paymentId)).order.status).toBe('paid');
  const exception = await kit.open(orderId);
  expect(exception).toMatchObject({ kind: 'payment_duplicate', paymentId });
  await giveBack(paymentId);
  expect((await kit.details(paymentId)).order.status).toBe('paid');
  expect(await kit.allOpen(orderId)).toEqual([]);
});

test('of two late payments the one that is not accepted is too much', async () => {
  const { orderId, paymentId } = await kit.order(late);
  const second = await another(orderId);
  await kit.look(second, late);
  await kit.decide(await kit.open(orderId), 'accept');
  expect((await kit.details(paymentId)).order.status).toBe('paid');
  expect(await kit.open(orderId)).toMatchObject({ kind: 'payment_duplicate', paymentId });
});

test('money that is to stay with the order is not told of again when more comes', async () => {
  const { orderId, paymentId } = await kit.order(paid);
  const second = await another(orderId);
  await kit.look(second, paid);
  await kit.decide(await kit.open(orderId), 'keep');
  await kit.look(paymentId, { state: 'confirmed', providerStatus: 'PaidOver', settlement: money('60.00') });
  expect(await kit.allOpen(orderId)).toEqual(['payment_overpaid']);
});

test('a refund is refused when it would be another sum than was shown', async () => {
  const { orderId, paymentId } = await kit.order(short);
  const exception = await kit.open(orderId);
  await kit.look(paymentId, { ...short, settlement: money('30.00'), providerStatus: 'more' });
  const { decideCase } = await import('#payments/resolutions/actions/decide-case.ts');
  const asked = { caseId: exception.id, action: 'refund', option: null, reason: 'x', by: ada } as const;
  expect(await decideCase(kit.deps, { ...asked, shownMinor: 2000 })).toEqual({
    kind: 'refused',
    code: 'amount_changed',
    amount: { amountMinor: 3000, currency: 'USD' },
  });
  expect((await kit.details(paymentId)).refunds).toEqual([]);
  expect(await kit.allOpen(orderId)).toEqual(['payment_underpaid']);
  expect(await decideCase(kit.deps, { ...asked, shownMinor: 3000 })).toMatchObject({ kind: 'decided' });
});

test('a payment reversed after all of it went back is written off', async () => {
  const { orderId, paymentId } = await kit.order(paid);
  await fulfilOrder(kit.deps, { orderId, actor: ada.actor });
  await giveBack(paymentId);
  expect((await kit.details(paymentId)).order.status).toBe('refunded');
  await kit.look(paymentId, { state: 'invalid' });
  expect(await kit.decide(await kit.open(orderId), 'write_off')).toMatchObject({ kind: 'decided' });
  expect((await kit.details(paymentId)).order.status).toBe('refunded');
});

test('new money for an order whose money went back is told', async () => {
  const { orderId, paymentId } = await kit.order(short);
  await giveBack(paymentId);
  expect((await kit.details(paymentId)).order.status).toBe('refunded');
  await kit.look(paymentId, paid);
  expect(await kit.allOpen(orderId)).toHaveLength(1);
});

test('a surplus is given back once, however many ask at once', async () => {
  const over = { state: 'confirmed', providerStatus: 'Settled', settlement: money('60.00') } as const;
  const { orderId, paymentId } = await kit.order(over);
  const exception = await kit.open(orderId);
  const { database } = kit.deps;
  let isFirst = true;
  const racing = {
    ...kit.deps,
    database: {
      read: database.read,
      async transaction(work: Parameters<typeof database.transaction>[0]) {
        if (isFirst) {
          isFirst = false;
          await requestRefund(kit.deps, {
            paymentId,
            amount: { amountMinor: 1100, currency: 'USD' },
            reason: 'Agreed',
            actor: ada.actor,
          });
        }
        return database.transaction(work);
      },
    },
  } as typeof kit.deps;
  const { decideCase } = await import('#payments/resolutions/actions/decide-case.ts');
  const asked = { caseId: exception.id, action: 'refund_surplus', option: null, reason: 'x', by: ada } as const;
  await decideCase(racing, asked);
  expect((await kit.details(paymentId)).refunds.map(({ amountMinor }) => amountMinor)).toEqual([1100]);
});

test('a part that goes back after the order was marked paid by hand leaves the rest of it paid', async () => {
  const { orderId, paymentId } = await kit.order(short);
  await kit.decide(await kit.open(orderId), 'refund');
  await send();
  kit.deps.clock.advance(minute);
  await markPaid(kit.deps, { orderId, by: ada, reason: 'Bank transfer of all' });
  await decide('succeeded');
  expect((await kit.details(paymentId)).order.status).toBe('partially_refunded');
});

test('an acceptance whose money all goes back afterwards makes the order refunded', async () => {
  const { orderId, paymentId } = await kit.order(short);
  await kit.decide(await kit.open(orderId), 'accept');
  await giveBack(paymentId);
  expect((await kit.details(paymentId)).order.status).toBe('refunded');
});
