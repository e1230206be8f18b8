import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { ProviderNotUnderstood } from '#payments/ports/provider-errors.ts';
import { fetchRefunds } from '#payments/refunds/fetch-refunds.ts';
import { followRefunds } from '#payments/refunds/follow-refunds.ts';
import { sendsMax } from '#payments/refunds/send-refund.ts';
import { refreshPayment } from '#payments/sync/refresh-payment.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { openRefundKit } from '../../support/scenario-kits/refund-kit.ts';

let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(() => opened.remove());

const exceptions = () => opened.database.read((stores) => listDecisions(stores));

describe('a refund that shows nothing new', () => {
  test('moves back in the schedule, so that the others have their turn', async () => {
    const kit = await openRefundKit(opened, { startsAs: 'pending' });
    await kit.ask();
    await kit.deliver();
    const [sent] = await kit.refunds();
    kit.deps.clock.advance((sent?.nextPollAt ?? 0) - kit.deps.clock.now());
    expect(await followRefunds(kit.deps, { limit: 50 })).toEqual({ followed: 1, changed: 0, failed: 0 });
    const [after] = await kit.refunds();
    expect(after?.status).toBe('pending');
    expect(after?.nextPollAt).toBeGreaterThan(kit.deps.clock.now());
    expect(await followRefunds(kit.deps, { limit: 50 })).toEqual({ followed: 0, changed: 0, failed: 0 });
  });
});

describe('a refund that is found at the provider and was never sent from here', () => {
  test('is followed until it has ended, and counts', async () => {
    const kit = await openRefundKit(opened, { startsAs: 'pending' });
    const made = kit.refundProvider.makeByHand('49.00');
    Object.assign(made, { state: 'pending', providerStatus: 'PENDING' });
    const [payment] = (await kit.details()).payments;
    if (payment === undefined) throw new Error('the payment vanished');
    const cause = { kind: 'poll', id: 'test', actor: { kind: 'job', id: 'test' } } as const;
    await fetchRefunds(kit.deps, { payment, cause });
    expect(await kit.refunds()).toMatchObject([{ status: 'pending', requestedByKind: 'provider', sends: 0 }]);
    Object.assign(made, { state: 'succeeded', providerStatus: 'SUCCEEDED' });
    await kit.pass(30);
    expect(await kit.refunds()).toMatchObject([{ status: 'succeeded', nextPollAt: null }]);
    expect((await kit.details()).order.status).toBe('refunded');
    expect(kit.refundProvider.commands).toEqual([]);
  });
});

describe('a refund that is carried out', () => {
  test('in full makes the order refunded, and the shop is notified once', async () => {
    const kit = await openRefundKit(opened, { startsAs: 'pending' });
    await kit.ask();
    await kit.deliver();
    const [refund] = await kit.refunds();
    expect(refund).toMatchObject({ status: 'pending', sends: 1, reference: 'refund-1' });
    expect((await kit.details()).order.status).toBe('paid');
    kit.refundProvider.decide(refund?.id ?? '', 'succeeded');
    await kit.pass(3);
    await kit.pass(10);
    expect((await kit.details()).order.status).toBe('refunded');
    expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded', nextPollAt: null });
    expect(await kit.shopHeard()).toEqual(['order.paid', 'order.refunded']);
  });

  test('in part leaves the rest, and the second part is announced as well', async () => {
    const kit = await openRefundKit(opened);
    await kit.ask({ amount: { amountMinor: 900, currency: 'USD' } });
    await kit.deliver();
    expect((await kit.details()).order.status).toBe('partially_refunded');
    await kit.ask({ amount: { amountMinor: 100, currency: 'USD' } });
    await kit.deliver();
    expect((await kit.details()).order.status).toBe('partially_refunded');
    await kit.ask();
    await kit.deliver();
    expect((await kit.details()).order.status).toBe('refunded');
    const heard = await kit.shopHeard();
    expect(heard.filter((type) => type === 'order.refunded')).toHaveLength(3);
  });

  test('of the surplus leaves the order paid', async () => {
    const kit = await openRefundKit(opened, { received: '60.00' });
    await kit.ask({ amount: { amountMinor: 1100, currency: 'USD' } });
    await kit.deliver();
    expect((await kit.details()).order.status).toBe('paid');
    expect(await kit.shopHeard()).toEqual(['order.paid', 'order.refunded']);
  });

  test('and comes back afterwards makes the order need attention', async () => {
    const kit = await openRefundKit(opened);
    await kit.ask();
    await kit.deliver();
    const [refund] = await kit.refunds();
    kit.refundProvider.decide(refund?.id ?? '', 'failed');
    const { order } = await kit.details();
    expect(order.status).toBe('refunded');
    // A payment in a final status is not polled: a webhook or an admin causes a fetch.
    const { payments } = await kit.details();
    const cause = { kind: 'webhook', id: 'event-1', actor: { kind: 'provider', id: 'btcpay' } } as const;
    const [payment] = payments;
    if (payment === undefined) throw new Error('the payment vanished');
    await fetchRefunds(kit.deps, { payment, cause });
    expect((await kit.details()).order.status).toBe('needs_attention');
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_failed']);
  });
});

describe('a refund that the provider refuses', () => {
  test('has failed with the provider’s message, raises an alert, and leaves the money refundable', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'reject' }];
    await kit.ask();
    await kit.deliver();
    expect((await kit.refunds())[0]).toMatchObject({
      status: 'failed',
      providerStatus: 'not enough balance (4200)',
    });
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_failed']);
    const money = (amountMinor: number) => ({ amount: { amountMinor, currency: 'USD' } });
    expect(await kit.ask(money(900))).toMatchObject({ kind: 'requested' });
    await kit.deliver();
    // Less than what failed: somebody still has to decide.
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_failed']);
    expect(await kit.ask()).toMatchObject({ kind: 'requested' });
    await kit.deliver();
    expect((await kit.details()).order.status).toBe('refunded');
    // The failed amount was refunded since: nothing is left to be decided.
    expect(await exceptions()).toEqual([]);
  });

  test('for now, because it was asked too often, is tried again', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'limit' }];
    await kit.ask();
    await kit.deliver();
    expect((await kit.refunds())[0]).toMatchObject({ status: 'requested', sentAt: null, sends: 0 });
    await kit.deliver();
    expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 1 });
  });
});

describe('a refund without an answer', () => {
  test('that was carried out is unknown until it is found, and never sent again', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'at_once', answers: false }];
    await kit.ask();
    await kit.deliver();
    expect((await kit.refunds())[0]).toMatchObject({ status: 'unknown' });
    kit.deps.clock.advance(10 * minute);
    await kit.pass(1);
    expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 1 });
    expect(kit.refundProvider.commands).toHaveLength(1);
    expect(await exceptions()).toEqual([]);
  });

  test('that was not carried out raises an alert, and is sent again after ten quiet minutes', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'never', answers: false }];
    await kit.ask();
    await kit.deliver();
    await kit.pass(9);
    expect(kit.refundProvider.commands).toHaveLength(1);
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_unknown']);
    await kit.pass(4);
    const [refund] = await kit.refunds();
    expect(refund).toMatchObject({ status: 'succeeded', sends: 2 });
    expect(kit.refundProvider.commands.map(({ refundId }) => refundId)).toEqual([refund?.id, refund?.id]);
    expect(kit.refundProvider.refunds).toHaveLength(1);
    expect(await exceptions()).toEqual([]);
  });

  test('that is carried out only later, while it is searched for, moves the money once', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.honoursIds = false;
    kit.refundProvider.fates = [{ does: 'later', afterMs: 7 * minute }];
    await kit.ask();
    await kit.deliver();
    await kit.pass(30);
    expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 1 });
    expect(kit.refundProvider.refunds).toHaveLength(1);
  });

  test('that is carried out only after the repeat moves the money once where the provider knows its id', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'later', afterMs: 15 * minute }];
    await kit.ask();
    await kit.deliver();
    await kit.pass(60);
    expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 2 });
    expect(kit.refundProvider.refunds).toHaveLength(1);
  });

  test('is left to an admin after three sends, and still searched for', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = Array.from({ length: 9 }, () => ({ does: 'never', answers: false }) as const);
    await kit.ask();
    await kit.deliver();
    await kit.pass(120);
    const [refund] = await kit.refunds();
    expect(refund).toMatchObject({ status: 'unknown', sends: sendsMax });
    expect(refund?.nextPollAt).not.toBeNull();
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_unknown']);
  });

  test('is not sent again while the provider cannot be asked', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'at_once', answers: false }];
    await kit.ask();
    await kit.deliver();
    kit.refundProvider.isUnavailable = true;
    await kit.pass(60);
    expect(kit.refundProvider.commands).toHaveLength(1);
    kit.refundProvider.isUnavailable = false;
    await kit.pass(10);
    expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 1 });
  });

  test('whose repeat is refused because the first was carried out has succeeded', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'later', afterMs: 10 * minute + 30_000 }, { does: 'reject' }];
    await kit.ask();
    await kit.deliver();
    await kit.pass(10);
    kit.deps.clock.advance(minute);
    await kit.pass(30);
    expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 2 });
    expect(kit.refundProvider.refunds).toHaveLength(1);
  });

  test('whose repeat is refused has failed when still nothing shows after another quiet time', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'never', answers: false }, { does: 'reject' }];
    await kit.ask();
    await kit.deliver();
    await kit.pass(15);
    expect((await kit.refunds())[0]).toMatchObject({ status: 'unknown', sends: 2 });
    await kit.pass(10);
    expect((await kit.refunds())[0]).toMatchObject({
      status: 'failed',
      providerStatus: 'not enough balance (4200)',
    });
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_failed']);
  });
});

describe('what the provider says of its refunds and is not understood', () => {
  const what = 'amount (an object)';
  const failure = { provider: 'btcpay', operation: 'find_refunds', code: null, httpStatus: 200 } as const;
  const odd = () => new ProviderNotUnderstood({ ...failure, message: `find_refunds: ${what}`, what });
  const unread = () => opened.database.read((stores) => listDecisions(stores, ['payment_unread']));

  test('has nothing sent, because the refund may be there; one case says so until it is understood again', async () => {
    const kit = await openRefundKit(opened);
    const { findRefunds } = kit.refundProvider;
    kit.refundProvider.findRefunds = () => Promise.reject(odd());
    await kit.ask();
    for (let count = 0; count < 3; count += 1) await kit.deliver();
    expect(kit.refundProvider.commands).toEqual([]);
    expect(await unread()).toMatchObject([
      { occurrences: 1, facts: { headline: 'What BTCPay says of the refunds of a payment is not understood' } },
    ]);
    kit.refundProvider.findRefunds = findRefunds;
    await kit.deliver();
    expect(kit.refundProvider.commands).toHaveLength(1);
    expect(await unread()).toEqual([]);
  });

  test('leaves open whether the refund was carried out, and it is searched for and not sent again at once', async () => {
    const kit = await openRefundKit(opened);
    const { requestRefund } = kit.refundProvider;
    kit.refundProvider.requestRefund = async (command) => {
      await requestRefund(command);
      throw odd();
    };
    await kit.ask();
    await kit.deliver();
    expect(await kit.refunds()).toMatchObject([{ status: 'unknown', sends: 1 }]);
    await kit.pass(30);
    expect(await kit.refunds()).toMatchObject([{ status: 'succeeded', sends: 1 }]);
    expect(kit.refundProvider.commands).toHaveLength(1);
  });

  test('does not keep the payment itself from being understood', async () => {
    const kit = await openRefundKit(opened);
    const [payment] = (await kit.details()).payments;
    if (payment === undefined) throw new Error('the payment vanished');
    kit.refundProvider.findRefunds = () => Promise.reject(odd());
    const cause = { kind: 'webhook', id: 'test', actor: { kind: 'provider', id: 'btcpay' } } as const;
    const settlement = { expected: '49.00', received: '49.00', asset: 'USD' };
    const btcpay = kit.deps.providers.find('btcpay');
    if (btcpay === undefined) throw new Error('btcpay is off');
    btcpay.fetchPayment = async (reference) =>
      aSnapshot({ reference, state: 'confirmed', settlement, observedAt: kit.deps.clock.now() });
    const deps = { ...kit.deps, providers: { ...kit.deps.providers, find: () => btcpay } };
    expect((await refreshPayment(deps, { paymentId: payment.id, cause })).kind).toBe('unchanged');
    expect(await unread()).toMatchObject([{ key: `payment_unread:btcpay:${payment.id}:refunds` }]);
  });
});
