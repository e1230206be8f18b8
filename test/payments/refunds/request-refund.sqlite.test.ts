import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decideApproval } from '#payments/refunds/decide-approval.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { showSnapshot } from '#test/support/scenario-kits/payment-kit.ts';
import { admin, openRefundKit } from '../../support/scenario-kits/refund-kit.ts';

let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase();
});
afterEach(() => opened.remove());

describe('requesting a refund', () => {
  test('stores it with audit row, timeline entry and outbox message, and calls no provider yet', async () => {
    const kit = await openRefundKit(opened);
    const asked = await kit.ask({ amount: { amountMinor: 1900, currency: 'USD' } });
    expect(asked).toMatchObject({ kind: 'requested', isRepeat: false, refund: { status: 'requested', sentAt: null } });
    expect(kit.refundProvider.commands).toEqual([]);
    const { order, timeline } = await kit.details();
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
    const kit = await openRefundKit(opened);
    expect(await kit.ask(draft)).toMatchObject({ kind: 'refused', code });
    expect(await kit.refunds()).toEqual([]);
  });

  test('in parts is accepted up to the captured amount, and not a cent further', async () => {
    const kit = await openRefundKit(opened);
    const part = (amountMinor: number) => kit.ask({ amount: { amountMinor, currency: 'USD' } });
    expect(await part(3000)).toMatchObject({ kind: 'requested' });
    expect(await part(1901)).toMatchObject({
      kind: 'refused',
      code: 'too_much',
      refundable: { amountMinor: 1900, currency: 'USD' },
    });
    expect(await part(1900)).toMatchObject({ kind: 'requested' });
    expect(await kit.ask()).toMatchObject({ kind: 'refused', code: 'too_much' });
  });

  test('a hundred times at once for all of it gives one refund', async () => {
    const kit = await openRefundKit(opened);
    const asked = await Promise.all(Array.from({ length: 100 }, () => kit.ask()));
    expect(asked.filter(({ kind }) => kind === 'requested')).toHaveLength(1);
    expect(await kit.refunds()).toHaveLength(1);
  });

  test('with a key makes it once; the same key for another request is refused', async () => {
    const kit = await openRefundKit(opened);
    const request = { key: 'k', hash: 'h' };
    const first = await kit.ask({ request });
    const second = await kit.ask({ request });
    expect(second).toMatchObject({ kind: 'requested', isRepeat: true });
    expect('refund' in first && 'refund' in second && first.refund.id === second.refund.id).toBe(true);
    expect(await kit.ask({ request: { key: 'k', hash: 'other' } })).toEqual({ kind: 'key_reused' });
  });

  test('of a reversed payment is refused: the money is not captured', async () => {
    const kit = await openRefundKit(opened);
    await showSnapshot(kit.deps, { paymentId: kit.paymentId, shows: { state: 'invalid' } });
    expect(await kit.ask()).toMatchObject({ kind: 'refused', code: 'nothing_captured' });
  });
});

describe('a refund that was made at the provider', () => {
  test('is recorded and reduces the refundable amount', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.makeByHand('40.00');
    await kit.ask({ amount: { amountMinor: 900, currency: 'USD' } });
    await kit.deliver();
    const refunds = await kit.refunds();
    expect(refunds.map(({ amountMinor, requestedByKind }) => [amountMinor, requestedByKind])).toEqual([
      [900, 'admin'],
      [4000, 'provider'],
    ]);
    expect((await kit.details()).order.status).toBe('refunded');
    expect(await kit.ask({ amount: { amountMinor: 1, currency: 'USD' } })).toMatchObject({ code: 'too_much' });
  });
});

describe('approval by a second admin', () => {
  const other = { kind: 'admin', id: '43' } as const;
  const openWithApproval = async () => {
    const kit = await openRefundKit(opened);
    kit.deps.needsApproval = ({ money }) => money.amountMinor > 1_000;
    return kit;
  };

  test('is awaited before anything is sent; the requester cannot give it', async () => {
    const kit = await openWithApproval();
    expect(await kit.ask({ amount: { amountMinor: 1_000, currency: 'USD' } })).toMatchObject({ kind: 'requested' });
    const asked = await kit.ask();
    expect(asked).toMatchObject({ kind: 'awaiting_approval', refund: { amountMinor: 3900 } });
    await kit.deliver();
    expect(kit.refundProvider.commands).toHaveLength(1);
    if (!('refund' in asked)) throw new Error('no refund');
    const approve = (actor: typeof admin | typeof other) =>
      decideApproval(kit.deps, { refundId: asked.refund.id, decision: 'approve', actor, reason: null });
    expect(await approve(admin)).toEqual({ kind: 'own_request' });
    expect(await approve(other)).toMatchObject({ kind: 'decided', refund: { approvedById: '43' } });
    expect(await approve(other)).toEqual({ kind: 'refused', status: 'requested' });
    await kit.deliver();
    expect((await kit.details()).order.status).toBe('refunded');
  });

  test('may be denied, and a waiting refund may be withdrawn: nothing is ever sent', async () => {
    const kit = await openWithApproval();
    for (const [decision, actor] of [
      ['decline', other],
      ['withdraw', admin],
    ] as const) {
      const asked = await kit.ask();
      if (!('refund' in asked)) throw new Error('no refund');
      const decided = await decideApproval(kit.deps, { refundId: asked.refund.id, decision, actor, reason: 'No' });
      expect(decided).toMatchObject({ kind: 'decided', refund: { status: 'cancelled' } });
    }
    await kit.deliver();
    expect(kit.refundProvider.commands).toEqual([]);
  });

  test('cannot be withdrawn from a refund that may have been sent', async () => {
    const kit = await openRefundKit(opened);
    kit.refundProvider.fates = [{ does: 'never', answers: false }];
    await kit.ask();
    await kit.deliver();
    const [refund] = await kit.refunds();
    if (refund === undefined) throw new Error('no refund');
    const decision = { refundId: refund.id, decision: 'withdraw', actor: admin, reason: null } as const;
    expect(await decideApproval(kit.deps, decision)).toEqual({ kind: 'refused', status: 'unknown' });
  });
});
