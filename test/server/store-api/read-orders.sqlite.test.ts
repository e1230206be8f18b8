import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderPageSchema, orderSchema } from '#server/store-api/answer-schemas.ts';
import { problemOf } from '../support/problem-of.ts';
import { openServerFixture, orderBody, type ServerFixture, storeRequest } from '../support/server-fixture.ts';

let fixture: ServerFixture;
beforeAll(async () => {
  fixture = await openServerFixture();
});
afterAll(() => fixture.close());

describe('GET /v1/orders', () => {
  test('gives one order with its timeline, in the shape that is described', async () => {
    const placed = await storeRequest(fixture, { body: orderBody() });
    const response = await storeRequest(fixture, { path: placed.headers.get('location') ?? '' });
    const order = orderSchema.parse(await response.json());
    expect(order).toMatchObject({
      reference: 'web-77',
      customer: { email: 'ada@example.com' },
      metadata: { cart: '9' },
    });
    expect(order.items).toEqual([{ sku: 'book', name: 'A book', quantity: 2, unit_amount: '24.50' }]);
    expect(order.timeline.length).toBeGreaterThan(0);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test.each(['00000000-0000-7000-8000-000000000000', 'T-1', "'; drop table orders"])(
    'finds nothing under %s',
    async (id) => {
      await problemOf(await storeRequest(fixture, { path: `/v1/orders/${encodeURIComponent(id)}` }), 404);
    },
  );

  test('pages through every order once, newest first', async () => {
    for (let made = 0; made < 3; made += 1) await storeRequest(fixture, { body: orderBody() });
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 100; page += 1) {
      const response = await storeRequest(fixture, { path: `/v1/orders?limit=2&cursor=${cursor}` });
      const { data, next_cursor } = orderPageSchema.parse(await response.json());
      expect(data.length).toBeLessThanOrEqual(2);
      seen.push(...data.map((order) => order.id));
      if (next_cursor === null) break;
      cursor = next_cursor;
    }
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort().reverse()).toEqual(seen);
  });

  test.each([
    ['?status=fulfilled,cancelled', []],
    ['?status=fulfilled&status=cancelled', []],
  ])('filters by %s', async (query, expected) => {
    const response = await storeRequest(fixture, { path: `/v1/orders${query}` });
    expect(orderPageSchema.parse(await response.json()).data).toEqual(expected);
  });

  test('filters by one status', async () => {
    const response = await storeRequest(fixture, { path: '/v1/orders?status=awaiting_payment&limit=1' });
    expect(orderPageSchema.parse(await response.json()).data.map((order) => order.status)).toEqual([
      'awaiting_payment',
    ]);
  });

  test.each([
    ['?status=lost', 'status'],
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=1e1', 'limit'],
    ['?cursor=nonsense', 'cursor'],
  ])('refuses %s', async (query, parameter) => {
    const { errors } = await problemOf(await storeRequest(fixture, { path: `/v1/orders${query}` }), 400);
    expect(errors?.map((error) => error.parameter)).toEqual([parameter]);
  });
});

describe('the bearer key', () => {
  test.each([undefined, 'Bearer', 'Bearer wrong', 'Basic key-of-the-shop', 'key-of-the-shop', 'Bearer key-of-the-sho'])(
    '%s opens nothing',
    async (authorization) => {
      const response = await storeRequest(fixture, { headers: { authorization } });
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
      await problemOf(response, 401);
    },
  );

  test('may be either of two while one replaces the other', async () => {
    const own = await openServerFixture({
      providers: ['btcpay'],
      env: { STORE_API_KEY: 'new-store-key,old-store-key' },
    });
    try {
      for (const key of ['new-store-key', 'old-store-key']) {
        const response = await storeRequest(own, { headers: { authorization: `bearer ${key}` } });
        expect(response.status).toBe(200);
      }
    } finally {
      await own.close();
    }
  });

  test('that is not set hides the store API', async () => {
    const own = await openServerFixture({ providers: ['btcpay'], env: { STORE_API_KEY: '' } });
    try {
      await problemOf(await storeRequest(own), 404);
      await problemOf(await storeRequest(own, { body: orderBody(), headers: { authorization: 'Bearer ' } }), 404);
    } finally {
      await own.close();
    }
  });
});

describe('every other address', () => {
  test.each([
    ['GET', '/nothing', 404],
    ['GET', '/v1/orders/x/y', 404],
    ['DELETE', '/v1/orders', 405],
    ['PATCH', '/v1/orders/00000000-0000-7000-8000-000000000000', 405],
    ['POST', '/livez', 405],
    ['POST', '/metrics', 405],
    ['POST', '/docs', 405],
    ['GET', '/telegram/admin', 405],
  ])('%s %s is answered with a problem document', async (method, path, status) => {
    const headers = { authorization: 'Bearer key-of-the-shop' };
    await problemOf(await fixture.server.app.request(path, { method, headers }), status);
  });

  test('shows nothing about internal failures', async () => {
    const own = await openServerFixture({ providers: ['btcpay'] });
    await own.db.database.close();
    const problem = await problemOf(await storeRequest(own), 503);
    expect(JSON.stringify(problem)).not.toMatch(/closed|database|at /i);
    expect(own.logged.join()).toContain('request failed');
    await own.close();
  });
});
