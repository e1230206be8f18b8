import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { decideApproval } from '#payments/refunds/decide-approval.ts';
import { sendsMax } from '#payments/refunds/send-refund.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { lookAt } from '#test/support/payment-looks.ts';
import { admin, openRefundHouse } from './refund-house.ts';

let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(() => opened.remove());

const exceptions = () =>
  opened.database.read((stores) => stores.exceptions.listOpenExceptions({ kinds: null, after: null, limit: 9 }));

describe('asking for a refund', () => {
  test('writes it down with audit, timeline and command, and asks nobody yet', async () => {
    const house = await openRefundHouse(opened);
    const asked = await house.ask({ amount: { amountMinor: 1900, currency: 'USD' } });
    expect(asked).toMatchObject({ kind: 'requested', isRepeat: false, refund: { status: 'requested', sentAt: null } });
    expect(house.desk.commands).toEqual([]);
    const { order, timeline } = await house.details();
    expect(timeline.at(-1)).toMatchObject({ subject: 'refund', toStatus: 'requested', actorId: '42' });
    const audit = await opened.database.read((stores) =>
      stores.audit.listAudit({ subject: `order:${order.id}`, limit: 5 }),
    );
    expect(audit[0]).toMatchObject({ action: 'refund.request', actorId: '42', reason: 'Bought by mistake' });
  });

  test.each([
    ['without a reason', { reason: '  ' }, 'reason_missing'],
    ['of more than was captured', { amount: { amountMinor: 4901, currency: 'USD' } }, 'too_much'],
    ['of nothing', { amount: { amountMinor: 0, currency: 'USD' } }, 'too_much'],
    ['in another currency', { amount: { amountMinor: 100, currency: 'EUR' } }, 'wrong_currency'],
  ] as const)('%s is refused', async (_what, draft, code) => {
    const house = await openRefundHouse(opened);
    expect(await house.ask(draft)).toMatchObject({ kind: 'refused', code });
    expect(await house.refunds()).toEqual([]);
  });

  test('in parts is taken up to all that came, and not a cent further', async () => {
    const house = await openRefundHouse(opened);
    const part = (amountMinor: number) => house.ask({ amount: { amountMinor, currency: 'USD' } });
    expect(await part(3000)).toMatchObject({ kind: 'requested' });
    expect(await part(1901)).toMatchObject({
      kind: 'refused',
      code: 'too_much',
      reason: expect.stringContaining('19.00'),
    });
    expect(await part(1900)).toMatchObject({ kind: 'requested' });
    expect(await house.ask()).toMatchObject({ kind: 'refused', code: 'too_much' });
  });

  test('a hundred times at once for all of it gives one refund', async () => {
    const house = await openRefundHouse(opened);
    const asked = await Promise.all(Array.from({ length: 100 }, () => house.ask()));
    expect(asked.filter(({ kind }) => kind === 'requested')).toHaveLength(1);
    expect(await house.refunds()).toHaveLength(1);
  });

  test('with a key makes it once; the same key for another request is refused', async () => {
    const house = await openRefundHouse(opened);
    const request = { key: 'k', hash: 'h' };
    const first = await house.ask({ request });
    const second = await house.ask({ request });
    expect(second).toMatchObject({ kind: 'requested', isRepeat: true });
    expect('refund' in first && 'refund' in second && first.refund.id === second.refund.id).toBe(true);
    expect(await house.ask({ request: { key: 'k', hash: 'other' } })).toEqual({ kind: 'key_reused' });
  });

  test('of a payment that was reversed is refused: the money is not there', async () => {
    const house = await openRefundHouse(opened);
    await lookAt(house.deps, { paymentId: house.paymentId, shows: { state: 'invalid' } });
    expect(await house.ask()).toMatchObject({ kind: 'refused', code: 'nothing_captured' });
  });
});

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
    expect(await house.ask()).toMatchObject({ kind: 'requested' });
    await house.deliver();
    expect((await house.details()).order.status).toBe('refunded');
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

describe('a refund that was made at the provider', () => {
  test('is taken into the books and counts against what may still go back', async () => {
    const house = await openRefundHouse(opened);
    house.desk.makeByHand('40.00');
    await house.ask({ amount: { amountMinor: 900, currency: 'USD' } });
    await house.deliver();
    const refunds = await house.refunds();
    expect(refunds.map(({ amountMinor, requestedByKind }) => [amountMinor, requestedByKind])).toEqual([
      [900, 'admin'],
      [4000, 'provider'],
    ]);
    expect((await house.details()).order.status).toBe('refunded');
    expect(await house.ask({ amount: { amountMinor: 1, currency: 'USD' } })).toMatchObject({ code: 'too_much' });
  });
});

describe('approval by a second person', () => {
  const other = { kind: 'admin', id: '43' } as const;
  const openWithApproval = async () => {
    const house = await openRefundHouse(opened);
    house.deps.needsApproval = ({ money }) => money.amountMinor > 1_000;
    return house;
  };

  test('is waited for before anything is sent; whoever asked cannot give it', async () => {
    const house = await openWithApproval();
    expect(await house.ask({ amount: { amountMinor: 1_000, currency: 'USD' } })).toMatchObject({ kind: 'requested' });
    const asked = await house.ask();
    expect(asked).toMatchObject({ kind: 'awaiting_approval', refund: { amountMinor: 3900 } });
    await house.deliver();
    expect(house.desk.commands).toHaveLength(1);
    if (!('refund' in asked)) throw new Error('no refund');
    const approve = (actor: typeof admin | typeof other) =>
      decideApproval(house.deps, { refundId: asked.refund.id, decision: 'approve', actor, reason: null });
    expect(await approve(admin)).toEqual({ kind: 'own_request' });
    expect(await approve(other)).toMatchObject({ kind: 'decided', refund: { approvedById: '43' } });
    expect(await approve(other)).toEqual({ kind: 'refused', status: 'requested' });
    await house.deliver();
    expect((await house.details()).order.status).toBe('refunded');
  });

  test('may be denied, and what waits may be taken back: nothing is ever sent', async () => {
    const house = await openWithApproval();
    for (const [decision, actor] of [
      ['decline', other],
      ['withdraw', admin],
    ] as const) {
      const asked = await house.ask();
      if (!('refund' in asked)) throw new Error('no refund');
      const decided = await decideApproval(house.deps, { refundId: asked.refund.id, decision, actor, reason: 'No' });
      expect(decided).toMatchObject({ kind: 'decided', refund: { status: 'cancelled' } });
    }
    await house.deliver();
    expect(house.desk.commands).toEqual([]);
  });

  test('cannot take back what may have been sent', async () => {
    const house = await openRefundHouse(opened);
    house.desk.fates = [{ does: 'never', answers: false }];
    await house.ask();
    await house.deliver();
    const [refund] = await house.refunds();
    if (refund === undefined) throw new Error('no refund');
    const decision = { refundId: refund.id, decision: 'withdraw', actor: admin, reason: null } as const;
    expect(await decideApproval(house.deps, decision)).toEqual({ kind: 'refused', status: 'unknown' });
  });
});
