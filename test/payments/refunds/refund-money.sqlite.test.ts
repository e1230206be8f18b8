// Between the moment in which a refund is asked for and the one in which it is sent, money may go. What is sent is covered
// by money that is there, and what an order is called follows what is left.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { decideApproval } from '#payments/refunds/decide-approval.ts';
import { listDecisions } from '#test/support/builders/cases.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { showSnapshot } from '#test/support/scenario-kits/payment-kit.ts';
import { openRefundKit } from '../../support/scenario-kits/refund-kit.ts';

const otherAdmin = { kind: 'admin', id: '43' } as const;

test('a refund whose payment was reversed before it was sent moves no money, and says so', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  await kit.ask();
  await showSnapshot(kit.deps, { paymentId: kit.paymentId, shows: { state: 'invalid' } });
  await kit.deliver();
  expect(kit.refundProvider.commands).toEqual([]);
  expect((await kit.refunds()).map(({ status }) => status)).toEqual(['failed']);
});

test('a refund that waited for approval while the money was refunded at the provider is not sent', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  kit.deps.needsApproval = () => true;
  const asked = await kit.ask();
  if (!('refund' in asked)) throw new Error('not asked');
  kit.refundProvider.makeByHand('40.00');
  await decideApproval(kit.deps, { refundId: asked.refund.id, decision: 'approve', actor: otherAdmin, reason: null });
  await kit.deliver();
  expect(kit.refundProvider.commands).toEqual([]);
});

test('a lost refund is not repeated once the money was refunded otherwise; an admin is notified', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  kit.refundProvider.fates = [{ does: 'never', answers: false }];
  await kit.ask();
  await kit.deliver();
  await showSnapshot(kit.deps, { paymentId: kit.paymentId, shows: { state: 'invalid' } });
  await kit.pass(30);
  expect(kit.refundProvider.commands).toHaveLength(1);
  expect((await kit.refunds())[0]).toMatchObject({ status: 'unknown' });
  const open = await opened.database.read((stores) => listDecisions(stores, ['refund_unknown']));
  expect(open).toHaveLength(1);
});

test('a repeat that the provider was too busy for is tried again', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  kit.refundProvider.fates = [{ does: 'never', answers: false }, { does: 'limit' }];
  await kit.ask();
  await kit.deliver();
  await kit.pass(60);
  expect((await kit.refunds())[0]).toMatchObject({ status: 'succeeded' });
});

test('a refund made manually at the provider counts with its last fraction', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  await kit.ask({ amount: { amountMinor: 100, currency: 'USD' } });
  kit.refundProvider.makeByHand('10.005');
  await kit.deliver();
  const asked = await kit.ask();
  expect(asked).toMatchObject({ refund: { amountMinor: 4900 - 100 - 1001 } });
});

test('a refund made at the provider in another unit than ours counts as the full amount requested', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  kit.refundProvider.makeByHand('0.00053').amount.asset = 'BTC';
  await kit.ask();
  await kit.deliver();
  expect(kit.refundProvider.commands).toEqual([]);
});

test('a refund made at the provider of more than a number holds counts as the full amount requested', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  kit.refundProvider.makeByHand('1000000000000000000000');
  await kit.ask();
  await kit.deliver();
  expect(kit.refundProvider.commands).toEqual([]);
  expect((await kit.refunds()).find(({ requestedByKind }) => requestedByKind === 'provider')).toMatchObject({
    amountMinor: 4900,
    requestedAmount: '1000000000000000000000',
  });
});

test('a payment that is reversed after a partial refund, and confirmed again, is partially refunded still', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened);
  await kit.ask({ amount: { amountMinor: 1000, currency: 'USD' } });
  await kit.deliver();
  await showSnapshot(kit.deps, { paymentId: kit.paymentId, shows: { state: 'invalid' } });
  expect((await kit.details()).order.status).toBe('needs_attention');
  kit.deps.clock.advance(minute);
  await showSnapshot(kit.deps, {
    paymentId: kit.paymentId,
    shows: { state: 'confirmed', settlement: { expected: '49.00', received: '49.00', asset: 'USD' } },
  });
  expect((await kit.details()).order.status).toBe('partially_refunded');
});

test('a partial refund of a reversed payment does not make its order refunded', async () => {
  await using opened = await openTestDatabase();
  const kit = await openRefundKit(opened, { startsAs: 'pending' });
  await kit.ask({ amount: { amountMinor: 1000, currency: 'USD' } });
  await kit.deliver();
  await showSnapshot(kit.deps, { paymentId: kit.paymentId, shows: { state: 'invalid' } });
  const [refund] = await kit.refunds();
  kit.refundProvider.decide(refund?.id ?? '', 'succeeded');
  await kit.pass(5);
  expect((await kit.refunds())[0]?.status).toBe('succeeded');
  expect((await kit.details()).order.status).toBe('needs_attention');
});
