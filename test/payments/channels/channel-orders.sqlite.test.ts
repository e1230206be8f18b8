import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { day } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { pruneAll } from '#kernel/retention.ts';
import { waitingReturnRetention } from '#payments/channels/return-channel-order.ts';
import { ProviderRejected, ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { aSale, aSaleItem } from '#test/support/fakes/sales-channel.ts';

import { audited, openChannelKit } from '#test/support/scenario-kits/channel-kit.ts';

const failure = { provider: 'payhip', operation: 'verify_license', code: null, httpStatus: 503 } as const;
describe('an event of a channel', () => {
  test('makes an order with the date and fees of the channel order, once however often it is handled', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    expect(await shop.sell()).toEqual({ kind: 'done', outcome: 'paid' });
    expect(await shop.sell()).toEqual({ kind: 'done', outcome: 'known' });
    const { order, payments } = await shop.orderOf();
    expect(order).toMatchObject({ status: 'paid', origin: 'provider', createdAt: Date.UTC(2026, 10, 22, 2) });
    expect(payments).toMatchObject([
      { status: 'paid', trust: 'token', heldAt: null, feeAmount: '0.81', netAmount: '8.19', figuresAsset: 'USD' },
    ]);
  });

  test('handled by two workers at once makes one order', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    await Promise.all([shop.sell(), shop.sell(), shop.giveBack(300), shop.giveBack(900)]);
    const { order, refunds } = await shop.orderOf();
    expect(order.status).toBe('refunded');
    expect(refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(900);
    const all = await shop.deps.database.read((stores) =>
      stores.orders.listOrders({ statuses: null, before: null, limit: 9 }),
    );
    expect(all).toHaveLength(1);
  });

  test('that cannot be read becomes a dead letter, so that its bytes are kept', async () => {
    await using opened = await openTestDatabase();
    expect(await openChannelKit(opened).hear('unreadable')).toMatchObject({ kind: 'give_up' });
  });

  test('of a channel that is switched off becomes a dead letter, because the channel order is reported nowhere else', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    shop.channel.isOff = true;
    expect(await shop.sell()).toEqual({ kind: 'give_up', reason: 'the provider payhip is not configured' });
    shop.channel.isOff = false;
    expect(await shop.sell()).toMatchObject({ kind: 'done' });
  });

  test('without a time is held for review, and dated by its arrival', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    await shop.sell({ soldAt: null });
    const { order } = await shop.orderOf();
    expect(order).toMatchObject({ status: 'needs_attention', createdAt: shop.deps.clock.now() });
    expect(order.attention).toContain('The time of the order is not named.');
  });

  test('stores no license key, neither in the order nor in the channel’s tables', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide({ secret: 'prod_sk_1' });
    shop.channel.licenses.push({ kind: 'known', isEnabled: true, email: 'ann@example.org', productKey: 'RGsF' });
    await shop.sell({ items: [aSaleItem({ licenseKey: 'WTKP4-66NL5' })] });
    expect(JSON.stringify(await shop.orderOf())).not.toContain('WTKP4');
    expect(JSON.stringify(await audited(shop))).not.toContain('prod_sk_1');
    // What is not in the file yet is in the log beside it.
    for (const file of [opened.file, `${opened.file}-wal`])
      expect(readFileSync(file).includes('WTKP4-66NL5')).toBe(false);
    expect(readFileSync(`${opened.file}-wal`).includes('sale-1')).toBe(true);
  });
});

describe('a license', () => {
  const known = { kind: 'known', isEnabled: true, email: 'ann@example.org', productKey: 'RGsF' } as const;
  const items = [aSaleItem({ licenseKey: 'KEY-1' })];

  test('counts for one channel order: a second one with it is held for review', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide({ secret: 's' });
    shop.channel.licenses.push(known, known, known);
    expect(await shop.sell({ items })).toMatchObject({ outcome: 'paid' });
    expect(await shop.sell({ items, reference: asProviderReference('sale-2') })).toMatchObject({ outcome: 'held' });
    expect((await shop.orderOf('sale-2')).order.attention).toContain('the license key was used by T-1001 already');
  });

  test('that cannot be verified is verified again, and at last the channel order is held for review', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide({ secret: 's' });
    const unavailable = () => new ProviderUnreachable({ ...failure, message: 'verify_license: no answer' });
    shop.channel.licenses.push(unavailable());
    const sold = { kind: 'sold', channelOrder: aSale({ items }) } as const;
    expect(await shop.hear(sold, { startedAttempts: 3 })).toMatchObject({ kind: 'retry' });
    expect(await shop.paymentOf()).toBeUndefined();
    shop.channel.licenses.push(unavailable());
    expect(await shop.hear(sold, { startedAttempts: 4 })).toMatchObject({ outcome: 'held' });
    expect((await shop.orderOf()).order.attention).toContain('could not be checked: no answer');
  });

  test('whose secret key Payhip does not accept makes the channel order held at once', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide({ secret: 's' });
    shop.channel.licenses.push(
      new ProviderRejected({ ...failure, httpStatus: 401, message: 'verify_license: HTTP 401' }),
    );
    expect(await shop.sell({ items })).toMatchObject({ outcome: 'held' });
  });

  test('of a product without a secret key is not verified', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    expect(await shop.sell({ items })).toMatchObject({ outcome: 'paid' });
    expect(shop.channel.asked).toEqual([]);
  });
});

describe('a refund that is reported before its channel order', () => {
  test('waits for it with the largest amount reported, and is deleted after a third of a year', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    expect(await shop.giveBack(300)).toEqual({ kind: 'done', outcome: 'kept' });
    await shop.giveBack(200);
    await shop.giveBack(500, { reference: asProviderReference('never') });
    await shop.sell();
    expect((await shop.orderOf()).refunds).toMatchObject([{ amountMinor: 300, status: 'succeeded' }]);
    const batch = { retentions: [waitingReturnRetention] };
    expect(await pruneAll(shop.deps, batch)).toEqual({ deleted: 0 });
    shop.deps.clock.advance(121 * day);
    expect(await pruneAll(shop.deps, batch)).toEqual({ deleted: 1 });
    await shop.sell({ reference: asProviderReference('never') });
    expect((await shop.orderOf('never')).refunds).toEqual([]);
    expect((await shop.orderOf()).refunds).toHaveLength(1);
  });

  test('is kept however many wait: the last of six hundred is recorded when its order is received', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    for (let count = 0; count < 600; count += 1) {
      const kept = await shop.giveBack(900, { reference: asProviderReference(`forged-${count}`) });
      expect(kept).toEqual({ kind: 'done', outcome: 'kept' });
    }
    expect(await shop.giveBack(300)).toEqual({ kind: 'done', outcome: 'kept' });
    await shop.sell();
    expect((await shop.orderOf()).refunds).toMatchObject([{ amountMinor: 300, status: 'succeeded' }]);
  });
});
