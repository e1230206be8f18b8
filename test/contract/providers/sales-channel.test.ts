// What the adapter of a sales channel reports and answers, tested with its simulated provider.

import { describe, expect, onTestFinished, test } from 'vitest';
import { moneyIn } from '#payments/ports/exported-money.ts';
import type { ChannelEvent, SalesChannel } from '#payments/ports/sales-channel.ts';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import { sellerAt } from '#test/support/app-fixture/payhip-seller.ts';
import { openShop } from './shop.ts';

const email = 'kim@customer.example';

async function open() {
  const shop = await openShop('payhip');
  onTestFinished(() => shop[Symbol.asyncDispose]());
  const sales: SalesChannel | undefined = shop.provider.sales;
  if (sales === undefined) throw new Error('Payhip is no sales channel');
  const seller = sellerAt(shop);
  /** The newest webhook as the adapter verifies and reads it. */
  const heard = async (): Promise<{ key: string; event: ChannelEvent | undefined }> => {
    await shop.sandbox.settle();
    const { headers, body = '' } = shop.sandbox.deliveries('payhip').at(-1) ?? {};
    const bytes = Buffer.from(body);
    const pathSecret = shop.environment['PAYHIP_WEBHOOK_PATH_SECRET'] ?? '';
    const verdict = shop.provider.verifyWebhook({ headers: headers ?? {}, body: bytes, pathSecret }, shop.clock.now());
    expect(verdict).toMatchObject({ kind: 'event', trust: 'token' });
    return { key: verdict.kind === 'event' ? verdict.eventKey : '', event: sales.readEvent(bytes) };
  };
  return { ...shop, shop, sales, seller, heard };
}

describe('Payhip as a sales channel', () => {
  test('reports a channel order with its price in minor units, its product, its quantity and its license', async () => {
    const { seller, heard, clock } = await open();
    const { id, licenseKey = '' } = seller.buy({ productKey: 'FnPr', email, quantity: 2, vatPercent: 10 });
    const { event } = await heard();
    expect(event).toMatchObject({
      kind: 'sold',
      channelOrder: {
        reference: id,
        price: { amountMinor: 19_580, currency: 'USD' },
        vatMinor: 1_780,
        customerEmail: email,
        items: [{ productKey: 'FnPr', quantity: 2, licenseKey }],
        soldAt: Math.floor(clock.now() / 1_000) * 1_000,
      },
    });
  });

  test('reports the total refunded, each change under a key of its own, and a repeat under the same key', async () => {
    const { seller, heard, clock } = await open();
    const { id } = seller.buy({ productKey: 'NfPk', email });
    const keys = [(await heard()).key];
    for (const cents of [1_000, 2_400]) {
      clock.set(clock.now() + 1_000);
      seller.refund(id, cents);
      const { key, event } = await heard();
      expect(event).toMatchObject({
        kind: 'returned',
        returned: { returnedMinor: cents, channelOrder: { reference: id } },
      });
      keys.push(key);
    }
    const [channelOrder] = seller.sales.values();
    if (channelOrder !== undefined) seller.tellOf(channelOrder);
    expect(new Set(keys).size).toBe(3);
    expect((await heard()).key).toBe(keys[0]);
  });

  test('reports subscriptions, without an amount', async () => {
    const { seller, heard } = await open();
    const { id } = seller.subscribe({ productKey: 'NfPk', email, plan: 'Monthly' });
    const subscription = { reference: id, customerEmail: email, planName: 'Monthly' };
    expect((await heard()).event).toMatchObject({
      kind: 'subscription',
      subscription: { ...subscription, status: 'active' },
    });
    seller.unsubscribe(id);
    expect((await heard()).event).toMatchObject({ subscription: { ...subscription, status: 'canceled' } });
  });

  test('says of a license whether it is good, and whose; of one that nobody has, that it is unknown', async () => {
    const { seller, sales } = await open();
    const { id, cents, licenseKey = '' } = seller.buy({ productKey: 'FnPr', email });
    const productSecret = seller.product('FnPr').secret;
    const known = { kind: 'known', isEnabled: true, email, productKey: 'FnPr' };
    expect(await sales.verifyLicense({ licenseKey, productSecret })).toEqual(known);
    seller.refund(id, cents);
    expect(await sales.verifyLicense({ licenseKey, productSecret })).toEqual({ ...known, isEnabled: false });
    expect(await sales.verifyLicense({ licenseKey: 'AAAAA-BBBBB', productSecret })).toEqual({ kind: 'unknown' });
    const guessed = sales.verifyLicense({ licenseKey, productSecret: 'prod_sk_guessed' });
    await expect(guessed).rejects.toMatchObject({ name: 'ProviderRejected' });
  });

  test('makes a coupon once, also when the answer to it is lost', async () => {
    const { seller, sales, sandbox } = await open();
    const draft = { code: 'SPRING', percent: '20', amountMinor: null, productKey: null };
    sandbox.faults('payhip').failNextCommand('reset_after');
    await expect(sales.createCoupon(draft)).rejects.toMatchObject({ name: 'ProviderUnreachable' });
    expect(await sales.createCoupon(draft)).toMatchObject({
      wasThere: true,
      coupon: { code: 'SPRING', percent: '20' },
    });
    expect(seller.coupons.size).toBe(1);
    const five = { code: 'FIVE', percent: null, amountMinor: 500, productKey: 'NfPk' };
    expect(await sales.createCoupon(five)).toMatchObject({ wasThere: false, coupon: five });
    const { coupons, isWhole } = await sales.listCoupons();
    expect([coupons.map(({ code }) => code), isWhole]).toEqual([['SPRING', 'FIVE'], true]);
  });

  test('calls once more after a failure of the server, and once a second at most', async () => {
    const { sales, sandbox, clock, fail } = await open();
    const before = clock.now();
    fail('5xx');
    await sales.listCoupons();
    expect(sandbox.callLog('payhip')).toHaveLength(2);
    await sales.createCoupon({ code: 'X', percent: '1', amountMinor: null, productKey: null });
    const times = sandbox.callLog('payhip').map(({ atMs }) => atMs);
    for (const [index, at] of times.entries()) {
      expect(at - (times[index - 1] ?? before - 1_000)).toBeGreaterThanOrEqual(1_000);
    }
  });

  test('reads what its seller exports', async () => {
    const { seller, sales } = await open();
    const { id } = seller.buy({ productKey: 'NfPk', email });
    seller.refund(id, 1_000);
    const exported = await sales.readExport(Buffer.from(exportCsv(seller.sales.values())));
    expect(exported).toMatchObject({
      kind: 'read',
      sales: [{ reference: id, customerEmail: email, currencies: ['USD'] }],
      unreadable: [],
    });
    const money = exported.kind === 'read' ? exported.sales.map((order) => moneyIn(order, 'USD')) : [];
    expect(money).toEqual([[{ amountMinor: 2_400, otherwiseMinor: 2_400, returnedMinor: 1_000 }]]);
  });
});
