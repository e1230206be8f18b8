import { describe, expect, test } from 'vitest';
import { createHttpClient } from '#network/pooled-client.ts';
import type { SalesChannel } from '#payments/ports/sales-channel.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import { fixture } from '../support/fixtures.ts';
import {
  type Answer,
  json,
  recordingLog,
  scriptedServer,
  seededRandom,
  testClock,
} from '../support/scripted-server.ts';

async function open(...script: Answer[]) {
  const server = await scriptedServer(...script);
  const clock = testClock();
  const log = recordingLog();
  const registry = createProviderRegistry(
    { payhip: { apiUrl: `${server.url}/api/v2`, apiKeys: ['the-key', 'an-old-key'], pathSecrets: ['end'] } },
    { clock, createHttpClient, random: seededRandom(), log, policy: { timeoutMs: 2_000 } },
  );
  const provider = registry.find('payhip');
  const sales = provider?.sales as SalesChannel;
  return { server, clock, log, registry, provider, sales, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

const coupon = { id: 'c1', coupon_type: 'multi', code: 'SPRING', percent_off: 20, amount_off: null, usage_count: '3' };
const page = (...coupons: object[]) => json(200, { data: coupons });
const draft = { code: 'WINTER', percent: '10', amountMinor: null, productKey: null };
const asked = { licenseKey: 'WTKP4-66NL5-HMKQW-GFSCZ', productSecret: 'prod_sk_secret' };

describe('what it cannot do', () => {
  test('is said in sentences, and asked of nobody', async () => {
    await using payhip = await open(page());
    const { provider, server } = payhip;
    expect(provider?.capabilities).toMatchObject({
      canCreate: false,
      canFetch: false,
      canList: false,
      canCancel: false,
    });
    for (const gap of provider?.capabilities.gaps ?? []) expect(gap).toMatch(/^Payhip .*\.$/);
    expect(provider?.quote({ amountMinor: 900, currency: 'USD' })).toBeUndefined();
    expect(provider?.refunds).toBeNull();
    for (const call of [
      () => provider?.fetchPayment('x' as never),
      () => provider?.cancelPayment('x' as never),
      () => provider?.createPayment({} as never),
      async () => {
        for await (const _page of provider?.listPayments({ from: 0, to: 1 }) ?? []) throw new Error('it listed');
      },
    ]) {
      await expect(call()).rejects.toMatchObject({ name: 'ProviderRejected', provider: 'payhip' });
    }
    expect(server.requests).toEqual([]);
  });
});

describe('a probe', () => {
  test('is the list of coupons under the first key', async () => {
    await using payhip = await open(page(coupon));
    await payhip.provider?.probe();
    expect(payhip.server.requests).toMatchObject([
      { method: 'GET', url: '/api/v2/coupons?page=1', headers: { 'payhip-api-key': 'the-key' } },
    ]);
  });

  test('fails with a key that Payhip does not take', async () => {
    await using payhip = await open(json(401, { message: 'Unauthenticated.' }));
    await expect(payhip.provider?.probe()).rejects.toMatchObject({ name: 'ProviderRejected', httpStatus: 401 });
  });
});

describe('a license', () => {
  test('that is known is told as it is', async () => {
    await using payhip = await open(json(200, fixture('payhip/license-verify-response.json')));
    expect(await payhip.sales.verifyLicense(asked)).toEqual({
      kind: 'known',
      isEnabled: true,
      email: 'buyer@example.com',
      productKey: 'RGsF',
    });
    expect(payhip.server.requests).toMatchObject([
      {
        url: '/api/v2/license/verify?license_key=WTKP4-66NL5-HMKQW-GFSCZ',
        headers: { 'product-secret-key': 'prod_sk_secret' },
      },
    ]);
    expect(payhip.server.requests[0]?.headers['payhip-api-key']).toBeUndefined();
  });

  test('that is not known has an empty body, which is no error', async () => {
    await using payhip = await open(json(200, ''));
    expect(await payhip.sales.verifyLicense(asked)).toEqual({ kind: 'unknown' });
  });

  test('whose refusal repeats it stays out of the error', async () => {
    await using payhip = await open(json(404, { message: `no license ${asked.licenseKey}` }));
    const error = await payhip.sales.verifyLicense(asked).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ProviderRejected', message: 'verify_license: HTTP 404' });
    expect(JSON.stringify(payhip.registry.health('payhip'))).not.toContain(asked.licenseKey);
  });

  test('in an answer of another form is not taken for anything', async () => {
    await using payhip = await open(json(200, { data: { uses: 0 } }));
    await expect(payhip.sales.verifyLicense(asked)).rejects.toMatchObject({ name: 'ProviderNotUnderstood' });
  });
});

describe('calls', () => {
  test('are a second apart, and repeated once after Payhip’s own trouble', async () => {
    await using payhip = await open(json(500, {}), json(503, '<html>'), page());
    await expect(payhip.provider?.probe()).rejects.toMatchObject({ name: 'ProviderUnreachable', httpStatus: 503 });
    expect(payhip.server.requests).toHaveLength(2);
    expect(payhip.clock.slept).toEqual([1_000]);
    await Promise.all([payhip.provider?.probe(), payhip.provider?.probe()]);
    expect(payhip.clock.slept).toEqual([1_000, 1_000, 1_000]);
  });

  test('that Payhip refuses, or that bring no answer, are not repeated', async () => {
    await using payhip = await open(json(422, { message: 'no' }), (response) => response.socket?.resetAndDestroy());
    await expect(payhip.provider?.probe()).rejects.toMatchObject({ name: 'ProviderRejected' });
    await expect(payhip.provider?.probe()).rejects.toMatchObject({ name: 'ProviderUnreachable' });
    expect(payhip.server.requests).toHaveLength(2);
  });
});

describe('coupons', () => {
  test('of which one cannot be read are listed without it, also in the form that PHP gives a list with a gap', async () => {
    const second = { ...coupon, id: 'c2', code: 'TWO', usage_count: '7.0' };
    const withGap = json(200, { data: { '0': coupon, '2': { ...coupon, code: null }, '3': 'words', '10': second } });
    await using payhip = await open(withGap, page());
    const { coupons } = await payhip.sales.listCoupons();
    expect(coupons).toMatchObject([{ code: 'SPRING' }, { code: 'TWO', usedCount: 7 }]);
    expect(payhip.provider && payhip.server.requests).toHaveLength(2);
  });

  test('are listed until a page brings nothing new, and kept for a moment', async () => {
    await using payhip = await open(page(coupon), page({ ...coupon, id: 'c2', code: 'TWO' }), page());
    const list = await payhip.sales.listCoupons();
    expect(list.isWhole).toBe(true);
    expect(list.coupons).toMatchObject([{ code: 'SPRING', percent: '20', usedCount: 3 }, { code: 'TWO' }]);
    await payhip.sales.listCoupons();
    expect(payhip.server.requests.map(({ url }) => url)).toEqual([1, 2, 3].map((nth) => `/api/v2/coupons?page=${nth}`));
    payhip.clock.set(payhip.clock.now() + 31_000);
    await payhip.sales.listCoupons();
    expect(payhip.server.requests).toHaveLength(4);
  });

  test('of a Payhip that knows no pages are listed once', async () => {
    await using payhip = await open(page(coupon));
    expect((await payhip.sales.listCoupons()).coupons).toHaveLength(1);
    expect(payhip.server.requests).toHaveLength(2);
  });

  test('are made form-encoded, after a look for the code', async () => {
    await using payhip = await open(page(coupon), page(), json(200, { data: { ...coupon, id: 'c9', code: 'WINTER' } }));
    const { coupon: made, wasThere } = await payhip.sales.createCoupon({ ...draft, productKey: 'RGsF' });
    expect([made.id, wasThere]).toEqual(['c9', false]);
    expect(payhip.server.requests[2]).toMatchObject({
      method: 'POST',
      body: 'coupon_type=single&code=WINTER&percent_off=10&product_key=RGsF',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });

  test('that are there already are not made again, whatever the case of their letters', async () => {
    await using payhip = await open(page(coupon), page());
    const found = await payhip.sales.createCoupon({ ...draft, code: 'spring' });
    expect(found).toMatchObject({ wasThere: true, coupon: { id: 'c1' } });
    expect(payhip.server.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('are not made blindly, and a lost answer is not followed by a second try', async () => {
    await using payhip = await open(page(), json(502, '<html>'));
    await expect(payhip.sales.createCoupon(draft)).rejects.toMatchObject({ name: 'ProviderUnreachable' });
    expect(payhip.server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});
