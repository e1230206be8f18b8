import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { sendsMax } from '#payments/refunds/send-refund.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { openRefundHouse } from './refund-house.ts';

let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(() => opened.remove());

const exceptions = () =>
  opened.database.read((stores) => stores.exceptions.listOpenExceptions({ kinds: null, after: null, limit: 9 }));

describe('a refund that is carried out', () => {
  test('in full makes the order refunded, and the shop hears of it once', async () => {
    const house = await openRefundHouse(opened, { startsAs: 'pending' });
    await house.ask();
    await house.deliver();
    const [refund] = await house.refunds();
    expect(refund).toMatchObject({ status: 'pending', sends: 1, reference: 'desk-1' });
    expect((await house.details()).order.status).toBe('paid');
    house.desk.decide(refund?.id ?? '', 'succeeded');
    await house.pass(3);
    await house.pass(10);
    expect((await house.details()).order.status).toBe('refunded');
    expect((await house.refunds())[0]).toMatchObject({ status: 'succeeded', nextPollAt: null });
    expect(await house.shopHeard()).toEqual(['order.paid', 'order.refunded']);
  });

  test('in part leaves the rest, and the second part is announced as well', async () => {
    const house = await openRefundHouse(opened);
    await house.ask({ amount: { amountMinor: 900, currency: 'USD' } });
    await house.deliver();
    expect((await house.details()).order.status).toBe('partially_refunded');
    await house.ask({ amount: { amountMinor: 100, currency: 'USD' } });
    await house.deliver();
    expect((await house.details()).order.status).toBe('partially_refunded');
    await house.ask();
    await house.deliver();
    expect((await house.details()).order.status).toBe('refunded');
    const heard = await house.shopHeard();
    expect(heard.filter((type) => type === 'order.refunded')).toHaveLength(3);
  });

  test('of the surplus leaves the order paid', async () => {
    const house = await openRefundHouse(opened, { received: '60.00' });
    await house.ask({ amount: { amountMinor: 1100, currency: 'USD' } });
    await house.deliver();
    expect((await house.details()).order.status).toBe('paid');
    expect(await house.shopHeard()).toEqual(['order.paid', 'order.refunded']);
  });

  test('and comes back afterwards makes the order need attention', async () => {
    const house = await openRefundHouse(opened);
    await house.ask();
    await house.deliver();
    const [refund] = await house.refunds();
    house.desk.decide(refund?.id ?? '', 'failed');
    const { order } = await house.details();
    expect(order.status).toBe('refunded');
    // Nobody polls what is over: a webhook or a person asks.
    const { lookAtRefunds } = await import('#payments/refunds/look-at-refunds.ts');
    const { payments } = await house.details();
    const cause = { kind: 'webhook', id: 'event-1', actor: { kind: 'provider', id: 'btcpay' } } as const;
    const [payment] = payments;
    if (payment === undefined) throw new Error('the payment vanished');
    await lookAtRefunds(house.deps, { payment, cause });
    expect((await house.details()).order.status).toBe('needs_attention');
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_failed']);
  });
});

describe('a refund that the provider refuses', () => {
  test('has failed with its words, rings, and frees the money for another try', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'reject' }];
    await house.ask();
    await house.deliver();
    expect((await house.refunds())[0]).toMatchObject({
      status: 'failed',
      providerStatus: 'refund: not enough balance (4200)',
    });
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_failed']);
    const money = (amountMinor: number) => ({ amount: { amountMinor, currency: 'USD' } });
    expect(await house.ask(money(900))).toMatchObject({ kind: 'requested' });
    await house.deliver();
    // Less than what failed: somebody still has to decide.
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_failed']);
    expect(await house.ask()).toMatchObject({ kind: 'requested' });
    await house.deliver();
    expect((await house.details()).order.status).toBe('refunded');
    // As much as failed went back since: nothing is left to be decided.
    expect(await exceptions()).toEqual([]);
  });

  test('for now, because it was asked too often, is tried again', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'limit' }];
    await house.ask();
    await house.deliver();
    expect((await house.refunds())[0]).toMatchObject({ status: 'requested', sentAt: null, sends: 0 });
    await house.deliver();
    expect((await house.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 1 });
  });
});

describe('a refund without an answer', () => {
  test('that was carried out is unknown until it is found, and never sent again', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'at_once', answers: false }];
    await house.ask();
    await house.deliver();
    expect((await house.refunds())[0]).toMatchObject({ status: 'unknown' });
    house.deps.clock.advance(10 * minute);
    await house.pass(1);
    expect((await house.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 1 });
    expect(house.desk.commands).toHaveLength(1);
    expect(await exceptions()).toEqual([]);
  });

  test('that was not carried out rings, and is sent again after ten quiet minutes', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'never', answers: false }];
    await house.ask();
    await house.deliver();
    await house.pass(9);
    expect(house.desk.commands).toHaveLength(1);
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_unknown']);
    await house.pass(4);
    const [refund] = await house.refunds();
    expect(refund).toMatchObject({ status: 'succeeded', sends: 2 });
    expect(house.desk.commands.map(({ refundId }) => refundId)).toEqual([refund?.id, refund?.id]);
    expect(house.desk.refunds).toHaveLength(1);
    expect(await exceptions()).toEqual([]);
  });

  test('that is carried out only later, while it is looked for, moves the money once', async () => {
    const house = await openRefundHouse(opened);
    house.desk.honoursIds = false;
    house.desk.fates = [{ does: 'later', afterMs: 7 * minute }];
    await house.ask();
    await house.deliver();
    await house.pass(30);
    expect((await house.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 1 });
    expect(house.desk.refunds).toHaveLength(1);
  });

  test('that is carried out only after the repeat moves the money once where the provider knows its id', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'later', afterMs: 15 * minute }];
    await house.ask();
    await house.deliver();
    await house.pass(60);
    expect((await house.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 2 });
    expect(house.desk.refunds).toHaveLength(1);
  });

  test('is left to a person after three sends, and still looked for', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = Array.from({ length: 9 }, () => ({ does: 'never', answers: false }) as const);
    await house.ask();
    await house.deliver();
    await house.pass(120);
    const [refund] = await house.refunds();
    expect(refund).toMatchObject({ status: 'unknown', sends: sendsMax });
    expect(refund?.nextPollAt).not.toBeNull();
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_unknown']);
  });

  test('is not sent again while the provider cannot be asked', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'at_once', answers: false }];
    await house.ask();
    await house.deliver();
    house.desk.isAway = true;
    await house.pass(60);
    expect(house.desk.commands).toHaveLength(1);
    house.desk.isAway = false;
    await house.pass(10);
    expect((await house.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 1 });
  });

  test('whose repeat is refused because the first was carried out has succeeded', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'later', afterMs: 10 * minute + 30_000 }, { does: 'reject' }];
    await house.ask();
    await house.deliver();
    await house.pass(10);
    house.deps.clock.advance(minute);
    await house.pass(30);
    expect((await house.refunds())[0]).toMatchObject({ status: 'succeeded', sends: 2 });
    expect(house.desk.refunds).toHaveLength(1);
  });

  test('whose repeat is refused has failed when still nothing shows after another quiet time', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'never', answers: false }, { does: 'reject' }];
    await house.ask();
    await house.deliver();
    await house.pass(15);
    expect((await house.refunds())[0]).toMatchObject({ status: 'unknown', sends: 2 });
    await house.pass(10);
    expect((await house.refunds())[0]).toMatchObject({
      status: 'failed',
      providerStatus: 'refund: not enough balance (4200)',
    });
    expect((await exceptions()).map(({ kind }) => kind)).toEqual(['refund_failed']);
  });
});
