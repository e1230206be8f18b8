import { describe, expect, test } from 'vitest';
import { asProviderReference } from '#kernel/ids.ts';
import { changeReviewThreshold, readReviewThresholds } from '#payments/channels/review-threshold.ts';
import type { ChannelOrder } from '#payments/ports/sales-channel.ts';
import { rememberOption } from '#payments/resolutions/actions/accept-payment.ts';
import { undoResolution } from '#payments/resolutions/actions/undo-resolution.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { aSaleItem } from '#test/support/fakes/sales-channel.ts';
import { admin, audited, by, decide, openChannelKit } from '#test/support/scenario-kits/channel-kit.ts';

describe('a held payment', () => {
  test('is accepted once, with a reason, and the exception keeps who and why', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.sell();
    const payment = await shop.paymentOf();
    if (payment === undefined) throw new Error('there is no payment');
    const key = `payment_held:${payment.orderId}`;
    const before = await shop.deps.database.read((stores) => stores.cases.findLiveCase(key));
    expect(before).toMatchObject({
      kind: 'payment_held',
      provider: 'payhip',
      reference: 'sale-1',
      paymentId: payment.id,
    });
    expect(await decide(shop, { action: 'accept', reason: ' ' })).toMatchObject({ kind: 'refused' });
    const accepted = await decide(shop, { action: 'accept', reason: 'I saw it' });
    expect(accepted).toEqual({ kind: 'decided', code: 'accepted', learnt: null });
    expect((await shop.orderOf()).order).toMatchObject({ status: 'paid', attention: null });
    expect(await decide(shop, { action: 'accept', reason: 'again' })).toEqual({ kind: 'over', by: 'Ada' });
    expect(await decide(shop, { action: 'reject', reason: 'again' })).toEqual({ kind: 'over', by: 'Ada' });
    const after = await shop.deps.database.read((stores) => stores.cases.findCase(before?.id ?? ''));
    expect(after).toMatchObject({ status: 'resolved', resolution: 'accept', resolvedBy: 'Ada', reason: 'I saw it' });
    expect(await audited(shop)).toContain('case.accept: I saw it');
    expect(await shop.paymentOf()).toMatchObject({
      heldAt: null,
      acceptedAt: shop.deps.clock.now(),
      acceptedBy: 'Ada',
    });
  });

  test('is rejected once, with a reason: its payment and its order are cancelled, and the audit trail keeps who and why', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.sell();
    expect(await decide(shop, { action: 'reject', reason: 'A forgery' })).toEqual({
      kind: 'decided',
      code: 'rejected',
    });
    expect(await shop.paymentOf()).toMatchObject({ status: 'cancelled', heldAt: null, capturedMinor: 0 });
    expect((await shop.orderOf()).order.status).toBe('cancelled');
    const trail = await shop.deps.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 9 }));
    expect(trail.filter(({ action }) => action === 'case.reject')).toMatchObject([
      { actorKind: 'admin', actorId: '42', reason: 'A forgery' },
    ]);
  });

  test('is held again when the acceptance is taken back', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.sell();
    const key = `payment_held:${(await shop.paymentOf())?.orderId}`;
    await decide(shop, { action: 'accept', reason: 'I saw it' });
    const [exception] = await shop.deps.database.read((stores) => stores.cases.listCasesByKeys([key]));
    const undone = await undoResolution(shop.deps, { caseId: exception?.id ?? '', by });
    expect(undone).toMatchObject({ kind: 'decided' });
    expect(await shop.paymentOf()).toMatchObject({ heldAt: expect.any(Number), acceptedAt: null });
    expect((await shop.orderOf()).order.status).toBe('needs_attention');
  });

  test('counts a refund that was made while it was held, as soon as it is accepted', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.sell();
    await shop.giveBack(300);
    expect((await shop.orderOf()).order.status).toBe('needs_attention');
    await decide(shop, { action: 'accept', reason: 'I saw it' });
    expect((await shop.orderOf()).order.status).toBe('partially_refunded');
  });

  test('is rejected once, and a later refund of it changes no order', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.sell();
    const rejected = await decide(shop, { action: 'reject', reason: 'It is forged' });
    expect(rejected).toEqual({ kind: 'decided', code: 'rejected' });
    expect((await shop.orderOf()).order.status).toBe('cancelled');
    expect(await shop.paymentOf()).toMatchObject({ feeAmount: null, netAmount: null, figuresAsset: null });
    expect(await audited(shop)).toContain('case.reject: It is forged');
    await shop.giveBack(900);
    const { order, refunds, payments } = await shop.orderOf();
    expect([order.status, payments[0]?.status, refunds.length]).toEqual(['cancelled', 'cancelled', 1]);
  });

  test('adds its product and price to the catalogue, or the new price of a known one', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.sell({ price: { amountMinor: 1_800, currency: 'USD' }, items: [aSaleItem({ quantity: 2 })] });
    const learnt = { action: 'accept', reason: 'I saw it', option: rememberOption } as const;
    expect(await decide(shop, learnt)).toMatchObject({ code: 'accepted', learnt: 'RGsF' });
    const find = () =>
      shop.deps.database.read((stores) =>
        stores.products.listProductsByChannelKey({ channel: 'payhip', keys: ['RGsF'] }),
      );
    expect(await find()).toMatchObject([{ sku: 'RGsF', name: 'Field Guide', amountMinor: 900, currency: 'USD' }]);
    const reference = asProviderReference('sale-2');
    await shop.sell({ reference, price: { amountMinor: 1_200, currency: 'USD' } });
    await decide(shop, { ...learnt, reference });
    expect(await find()).toMatchObject([{ sku: 'RGsF', amountMinor: 1_200, version: 2 }]);
    expect(await audited(shop)).toEqual(expect.arrayContaining(['product.add', 'product.change']));
  });

  test.each<[what: string, channelOrder: Partial<ChannelOrder>]>([
    ['a price of nothing', { price: { amountMinor: 0, currency: 'USD' } }],
    ['two products', { items: [aSaleItem(), aSaleItem({ productKey: 'FoNt' })] }],
    ['a coupon', { coupons: [{ code: 'C', percent: '50', amountMinor: null }] }],
    ['tax', { vatMinor: 100 }],
    ['a product without a key', { items: [aSaleItem({ productKey: null })] }],
    ['a price that does not divide', { items: [aSaleItem({ quantity: 7 })] }],
  ])('with %s is accepted and changes no catalogue', async (_what, channelOrder) => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.sell(channelOrder);
    const result = await decide(shop, { action: 'accept', reason: 'x', option: rememberOption });
    expect(result).toEqual({ kind: 'decided', code: 'accepted', learnt: null });
  });
});

describe('the review threshold', () => {
  test('is 100 USD at first, changes with an audit row, and lets no change be lost', async () => {
    await using opened = await openTestDatabase();
    const { deps } = openChannelKit(opened);
    const limits = () => deps.database.read(readReviewThresholds);
    expect(await limits()).toEqual({ limits: { USD: 10_000 }, version: 0 });
    const usd = { amountMinor: 5_000, currency: 'USD' };
    expect(await changeReviewThreshold(deps, { limit: usd, actor: admin, expectedVersion: 0 })).toEqual({
      kind: 'changed',
    });
    const eur = { amountMinor: 7_000, currency: 'EUR' };
    expect(await changeReviewThreshold(deps, { limit: eur, actor: admin, expectedVersion: 0 })).toEqual({
      kind: 'conflict',
    });
    expect(await changeReviewThreshold(deps, { limit: eur, actor: admin, expectedVersion: 1 })).toEqual({
      kind: 'changed',
    });
    expect(await changeReviewThreshold(deps, { limit: eur, actor: admin, expectedVersion: 2 })).toEqual({
      kind: 'unchanged',
    });
    expect(await limits()).toEqual({ limits: { USD: 5_000, EUR: 7_000 }, version: 2 });
    const rows = await deps.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 9 }));
    expect(rows.map(({ details }) => details)).toEqual([
      { from: null, to: '70.00 EUR', version: 2 },
      { from: '100.00 USD', to: '50.00 USD', version: 1 },
    ]);
  });
});
