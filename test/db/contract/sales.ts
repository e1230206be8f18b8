import { describe, expect, test } from 'vitest';
import type { ProductFacts } from '#catalog/product-store.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { StoredSubscription } from '#payments/ports/channel-order-store.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

const sale = { provider: 'payhip', reference: asProviderReference('sale-1') } as const;

function sampleProduct(sku: string, change: Partial<ProductFacts> = {}): ProductFacts {
  return {
    id: `id-${sku}`,
    sku,
    name: 'Field Guide',
    amountMinor: 900,
    currency: 'USD',
    version: 1,
    channel: null,
    channelKey: null,
    createdAt: noon,
    updatedAt: noon,
    ...change,
  };
}

function sampleSubscription(change: Partial<StoredSubscription> = {}): StoredSubscription {
  return {
    provider: 'payhip',
    reference: 'SUB_1',
    status: 'active',
    customerEmail: 'Ann@Example.org',
    customerName: 'Ann Ő',
    planName: 'Monthly',
    productName: 'Fonts',
    startedAt: noon,
    endedAt: null,
    updatedAt: noon,
    ...change,
  };
}

export function describeSales(open: OpenContractDatabase): void {
  describe('what is heard of a sale', () => {
    const priced = (returnedMinor: number, returnedAt: number, currency = 'USD') => ({
      returnedMinor,
      returnedAt,
      of: { amountMinor: 900, currency },
    });

    test('is one row whichever word comes first, and of what went back the largest stays', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        const back = (returnedMinor: number, at: number) =>
          channelOrders.markReturned({ ...sale, refund: priced(returnedMinor, at), at });
        const first = { ...sale, refunds: [priced(300, noon)], soldAt: null, updatedAt: noon };
        expect(await back(300, noon)).toEqual(first);
        expect(await back(200, noon + 1)).toMatchObject({ refunds: [priced(300, noon)] });
        expect(await back(900, noon + 2)).toMatchObject({ refunds: [priced(900, noon + 2)] });
        const sold = { refunds: [priced(900, noon + 2)], soldAt: noon + 3 };
        expect(await channelOrders.markSold({ ...sale, at: noon + 3 })).toMatchObject(sold);
        const again = await channelOrders.markSold({ ...sale, at: noon + 4 });
        expect(again).toMatchObject({ soldAt: noon + 3, updatedAt: noon + 4 });
        expect(await back(100, noon + 5)).toMatchObject(sold);
      });
    });

    test('keeps what went back for each price that was named, of five prices', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        const back = (currency: string) =>
          channelOrders.markReturned({ ...sale, refund: priced(300, noon, currency), at: noon });
        for (const currency of ['JPY', 'USD', 'EUR', 'CHF', 'SEK', 'GBP', 'USD']) await back(currency);
        const mark = await channelOrders.findMark(sale);
        expect(mark?.refunds.map(({ of }) => of?.currency)).toEqual(['JPY', 'USD', 'EUR', 'CHF', 'SEK']);
      });
    });

    test('counts what needed no review, for each channel and currency, since a moment', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        const count = async (id: string, amountMinor: number, at: number, currency = 'USD') => {
          const key = { provider: 'payhip', reference: asProviderReference(id) } as const;
          await channelOrders.markSold({ ...key, at });
          await channelOrders.markCounted({ ...key, value: { amountMinor, currency }, at });
        };
        const sum = (since: number, currency = 'USD') =>
          channelOrders.sumCounted({ provider: 'payhip', currency, since });
        expect(await sum(0)).toBe(0);
        await count('a', 900, noon);
        await count('b', 4_000_000_000, noon + 1);
        await count('c', 50, noon + 1, 'EUR');
        await channelOrders.markSold({ ...sale, at: noon });
        expect(await sum(noon - 1)).toBe(4_000_000_900);
        expect(await sum(noon)).toBe(4_000_000_000);
        expect(await sum(noon + 1)).toBe(0);
        expect(await sum(0, 'EUR')).toBe(50);
        expect(await channelOrders.sumCounted({ provider: 'btcpay', currency: 'USD', since: 0 })).toBe(0);
      });
    });

    test('waits while its sale has not come, is counted, and is forgotten when it is old', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
          const reference = asProviderReference(id);
          await channelOrders.markReturned({
            provider: 'payhip',
            reference,
            refund: priced(1, noon),
            at: noon + index,
          });
        }
        await channelOrders.markSold({ provider: 'payhip', reference: asProviderReference('a'), at: noon });
        expect(await channelOrders.countWaitingReturns('payhip')).toBe(3);
        expect(await channelOrders.countWaitingReturns('btcpay')).toBe(0);
        expect(await channelOrders.pruneMarks({ before: noon + 3, limit: 1 })).toBe(1);
        expect(await channelOrders.pruneMarks({ before: noon + 3, limit: 9 })).toBe(1);
        expect(await channelOrders.countWaitingReturns('payhip')).toBe(1);
        expect(await channelOrders.markSold({ ...sale, reference: asProviderReference('a'), at: noon })).toMatchObject({
          refunds: [priced(1, noon)],
        });
      });
    });

    test('is found by its reference, and listed by it in pages, each channel for itself', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        const at = noon;
        for (const id of ['b', 'a', 'c'])
          await channelOrders.markSold({ provider: 'payhip', reference: asProviderReference(id), at });
        await channelOrders.markSold({ provider: 'btcpay', reference: asProviderReference('a'), at });
        expect(await channelOrders.findMark({ provider: 'payhip', reference: asProviderReference('a') })).toEqual({
          provider: 'payhip',
          reference: 'a',
          refunds: [],
          soldAt: at,
          updatedAt: at,
        });
        expect(
          await channelOrders.findMark({ provider: 'btcpay', reference: asProviderReference('b') }),
        ).toBeUndefined();
        const list = async (after: string | null) =>
          (await channelOrders.listMarks({ provider: 'payhip', after, limit: 2 })).map(({ reference }) => reference);
        expect(await list(null)).toEqual(['a', 'b']);
        expect(await list('b')).toEqual(['c']);
      });
    });

    test('binds a license to the first sale it comes with', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        const other = { ...sale, reference: asProviderReference('sale-2') };
        const claim = (of: typeof sale) => channelOrders.claimLicense({ ...of, licenseHash: 'hash', at: noon });
        expect(await claim(sale)).toEqual(sale);
        expect(await claim(sale)).toEqual(sale);
        expect(await claim(other)).toEqual(sale);
        expect(await channelOrders.claimLicense({ ...other, licenseHash: 'another', at: noon })).toEqual(other);
      });
    });
  });

  describe('a subscription', () => {
    test('is found by its id, or by a part of e-mail or name in any case', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        await channelOrders.saveSubscription(sampleSubscription());
        await channelOrders.saveSubscription(
          sampleSubscription({
            reference: 'SUB_2',
            customerEmail: 'bob@example.org',
            customerName: null,
            updatedAt: noon + 1,
          }),
        );
        const found = async (text: string) =>
          (await channelOrders.searchSubscriptions({ text, limit: 9 })).map(({ reference }) => reference);
        const called = async (text: string) =>
          (await channelOrders.listSubscriptionsCalled({ text, limit: 9 })).map(({ reference }) => reference);
        expect(await called('SUB_1')).toEqual(['SUB_1']);
        expect(await called('BOB@example.ORG')).toEqual(['SUB_2']);
        expect(await called('SUB_')).toEqual([]);
        expect(await called('example')).toEqual([]);
        expect(await called('')).toEqual([]);
        expect(await found('SUB_')).toEqual([]);
        expect(await found('ann@')).toEqual(['SUB_1']);
        expect(await found('ő')).toEqual(['SUB_1']);
        expect(await found('EXAMPLE')).toEqual(['SUB_2', 'SUB_1']);
        expect(await found('%')).toEqual([]);
        expect(await found('')).toEqual([]);
        expect(await channelOrders.listSubscriptionsCalled({ text: 'SUB_1', limit: 9 })).toEqual([
          sampleSubscription(),
        ]);
      });
    });

    test('is found by its own id alone, and listed by it in pages', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        for (const reference of ['SUB_2', 'SUB_1', 'SUB_3'])
          await channelOrders.saveSubscription(sampleSubscription({ reference }));
        await channelOrders.saveSubscription(sampleSubscription({ provider: 'btcpay', reference: 'SUB_0' }));
        expect(await channelOrders.findSubscription({ provider: 'payhip', reference: 'SUB_1' })).toEqual(
          sampleSubscription(),
        );
        expect(
          await channelOrders.findSubscription({ provider: 'payhip', reference: 'ann@example.org' }),
        ).toBeUndefined();
        const list = async (after: string | null) =>
          (await channelOrders.listSubscriptions({ provider: 'payhip', after, limit: 2 })).map(
            ({ reference }) => reference,
          );
        expect(await list(null)).toEqual(['SUB_1', 'SUB_2']);
        expect(await list('SUB_2')).toEqual(['SUB_3']);
      });
    });

    test('that ended stays so, whichever of the two was told first', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ channelOrders }) => {
        const ended = sampleSubscription({
          status: 'canceled',
          endedAt: noon + 9,
          startedAt: null,
          updatedAt: noon + 1,
        });
        await channelOrders.saveSubscription(ended);
        await channelOrders.saveSubscription(sampleSubscription({ updatedAt: noon + 2 }));
        expect(await channelOrders.listSubscriptionsCalled({ text: 'SUB_1', limit: 9 })).toEqual([
          { ...ended, startedAt: noon, updatedAt: noon + 2 },
        ]);
      });
    });
  });

  describe('a product', () => {
    test('has a sku, and a key at its channel, that no other has', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ products }) => {
        expect(await products.insertProduct(sampleProduct('Guide', { channel: 'payhip', channelKey: 'RGsF' }))).toBe(
          true,
        );
        expect(await products.insertProduct(sampleProduct('GUIDE', { id: 'x' }))).toBe(false);
        expect(await products.insertProduct(sampleProduct('FONTS', { channel: 'payhip', channelKey: 'RGsF' }))).toBe(
          false,
        );
        expect(await products.insertProduct(sampleProduct('FONTS', { channel: 'payhip', channelKey: 'rgsf' }))).toBe(
          true,
        );
        expect(await products.insertProduct(sampleProduct('LOOPS'))).toBe(true);
        expect(await products.findProductBySku('guide')).toEqual({
          ...sampleProduct('Guide', { channel: 'payhip', channelKey: 'RGsF' }),
          hasLicenseSecret: false,
        });
        expect(await products.insertProduct(sampleProduct('Twin', { channel: 'bitpay', channelKey: 'RGsF' }))).toBe(
          true,
        );
        const listKeys = (keys: string[]) => products.listProductsByChannelKey({ channel: 'payhip', keys });
        expect((await listKeys(['RGsF', 'none'])).map(({ sku }) => sku)).toEqual(['Guide']);
        expect(await listKeys([])).toEqual([]);
        const list = async (after: string | null) =>
          (await products.listProducts({ after, limit: 2 })).map(({ sku }) => sku);
        expect(await list(null)).toEqual(['FONTS', 'Guide']);
        expect(await list('Guide')).toEqual(['LOOPS', 'Twin']);
        const back = await products.listProducts({ after: null, before: 'Twin', limit: 2 });
        expect(back.map(({ sku }) => sku)).toEqual(['Guide', 'LOOPS']);
      });
    });

    test('is changed, and removed, only as it was looked at', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ products }) => {
        const product = sampleProduct('GUIDE');
        await products.insertProduct(product);
        const change = {
          name: 'New',
          amountMinor: 1,
          currency: 'EUR',
          channel: 'payhip',
          channelKey: 'K',
          updatedAt: noon + 1,
        } as const;
        expect(await products.changeProduct({ id: product.id, expectedVersion: 2, change })).toBe(false);
        expect(await products.changeProduct({ id: product.id, expectedVersion: 1, change })).toBe(true);
        expect(await products.findProduct(product.id)).toMatchObject({ ...change, version: 2, sku: 'GUIDE' });
        expect(await products.deleteProduct({ id: product.id, expectedVersion: 1 })).toBe(false);
        expect(await products.deleteProduct({ id: product.id, expectedVersion: 2 })).toBe(true);
        expect(await products.findProduct(product.id)).toBeUndefined();
      });
    });

    test('says of its secret only that it is there, but to the one who asks for it', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ products }) => {
        const { id } = sampleProduct('GUIDE');
        await products.insertProduct(sampleProduct('GUIDE'));
        expect(await products.findLicenseSecret(id)).toBeNull();
        expect(await products.setLicenseSecret({ id, secret: 'prod_sk_1', updatedAt: noon + 1 })).toBe(true);
        const shown = [
          await products.findProduct(id),
          await products.findProductBySku('GUIDE'),
          ...(await products.listProducts({ after: null, limit: 9 })),
        ];
        expect(JSON.stringify(shown)).not.toContain('prod_sk_1');
        for (const product of shown) expect(product).toMatchObject({ hasLicenseSecret: true, version: 2 });
        expect(await products.findLicenseSecret(id)).toBe('prod_sk_1');
        await products.setLicenseSecret({ id, secret: null, updatedAt: noon + 2 });
        expect(await products.findLicenseSecret(id)).toBeNull();
        expect(await products.setLicenseSecret({ id: 'none', secret: 'x', updatedAt: noon })).toBe(false);
      });
    });
  });

  describe('a setting', () => {
    test('is changed only from the version that was looked at', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ settings }) => {
        const change = (expectedVersion: number, value: Record<string, number>) =>
          settings.changeSetting({ key: 'k', value, expectedVersion, updatedAt: noon + expectedVersion });
        expect(await settings.findSetting('k')).toBeUndefined();
        expect(await change(1, { a: 1 })).toBe(false);
        expect(await change(0, { a: 1 })).toBe(true);
        expect(await change(0, { a: 2 })).toBe(false);
        expect(await change(1, { a: 3 })).toBe(true);
        expect(await settings.findSetting('k')).toEqual({ key: 'k', value: { a: 3 }, version: 2, updatedAt: noon + 1 });
      });
    });
  });
}
