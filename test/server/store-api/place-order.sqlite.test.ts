import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '#kernel/actor.ts';
import { asOrderId, asPaymentId } from '#kernel/ids.ts';
import { refreshPayment } from '#payments/sync/refresh-payment.ts';
import { placedOrderSchema } from '#server/store-api/answer-schemas.ts';
import { problemOf } from '../support/problem-of.ts';
import { openServerFixture, orderBody, type ServerFixture, storeRequest } from '../support/server-fixture.ts';

let fixture: ServerFixture;
beforeAll(async () => {
  fixture = await openServerFixture();
});
afterAll(() => fixture.close());

describe('POST /v1/orders', () => {
  test('creates an order with a payment at the provider', async () => {
    const response = await storeRequest(fixture, { body: orderBody() });
    expect(response.status).toBe(201);
    const order = placedOrderSchema.parse(await response.json());
    expect(order).toMatchObject({ status: 'awaiting_payment', amount: '49.00', currency: 'USD' });
    expect(order.number).toMatch(/^T-\d+$/);
    expect(order.payment).toMatchObject({ provider: 'btcpay', status: 'created' });
    expect(response.headers.get('location')).toBe(`/v1/orders/${order.id}`);
    const reference = order.payment?.checkout_url?.split('/').at(-1) ?? '';
    expect(fixture.sandbox.record('btcpay', reference)).toMatchObject({ amount: '49.00', currency: 'USD' });
  });

  test('needs no more than items, currency and an empty customer', async () => {
    const body = { items: [{ name: 'A', quantity: 1, unit_amount: '5' }], currency: 'USD', customer: {} };
    expect((await storeRequest(fixture, { body })).status).toBe(201);
  });

  test.each([
    'kim@xn--bcher-kva.example',
    'kim@xn--80ak6aa92e.xn--p1ai',
    'kim@bücher.example',
    'kím@例え.jp',
    'a=b@example.com',
    'sales/eu@example.com',
    '!kim@example.com',
    '"kim smith"@example.com',
    'kim@localhost',
  ])('takes the address %s at every provider as the customer wrote it', async (email) => {
    for (const provider of ['btcpay', 'bitpay', 'coinbase', 'nowpayments']) {
      const response = await storeRequest(fixture, { body: orderBody({ provider, customer: { email } }) });
      expect(response.status).toBe(201);
      const { id } = placedOrderSchema.parse(await response.json());
      const order = await fixture.payments.database.read((stores) => stores.orders.findOrder(asOrderId(id)));
      expect(order?.customerEmail).toBe(email);
    }
  });

  test.each([
    ['4990.50', 'HUF', '4990.50'],
    ['150000', 'IDR', '150000.00'],
    ['25000.125', 'IQD', '25000.125'],
    ['1200', 'JPY', '1200'],
  ])('takes %s %s with the decimals of ISO 4217', async (unit_amount, currency, amount) => {
    const items = [{ name: 'Guide', quantity: 1, unit_amount }];
    const response = await storeRequest(fixture, { body: orderBody({ provider: 'btcpay', currency, items }) });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ amount, currency, payment: { status: 'created' } });
  });

  test('with the same key and body gives the same answer and one checkout', async () => {
    const request = { body: orderBody(), headers: { 'idempotency-key': 'order 77' } };
    const before = fixture.sandbox.records('btcpay').length;
    const first = await storeRequest(fixture, request);
    const again = await storeRequest(fixture, request);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(await again.text()).toBe(await first.text());
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(fixture.sandbox.records('btcpay').length).toBe(before + 1);
  });

  test('repeated after the payment still gives the answer of the first time', async () => {
    const request = { body: orderBody(), headers: { 'idempotency-key': 'order-paid' } };
    const first = await (await storeRequest(fixture, request)).text();
    const { payment } = placedOrderSchema.parse(JSON.parse(first));
    const reference = payment?.checkout_url?.split('/').at(-1) ?? '';
    await fixture.sandbox.visit({ provider: 'btcpay', reference, action: 'pay' });
    const cause = { kind: 'poll', id: 'test', actor: systemActor } as const;
    const refresh = await refreshPayment(fixture.payments, { paymentId: asPaymentId(payment?.id ?? ''), cause });
    expect(refresh).toMatchObject({ kind: 'changed', to: 'paid' });
    expect(await (await storeRequest(fixture, request)).text()).toBe(first);
  });

  test('with the same key and another body is refused', async () => {
    const headers = { 'idempotency-key': 'order-78' };
    await storeRequest(fixture, { body: orderBody(), headers });
    const response = await storeRequest(fixture, { body: orderBody({ reference: 'other' }), headers });
    expect(await problemOf(response, 422)).toMatchObject({ code: 'idempotency_key_reused' });
  });

  test('sent twice at once with one key makes one order', async () => {
    const request = { body: orderBody(), headers: { 'idempotency-key': 'order-79' } };
    const answers = await Promise.all([storeRequest(fixture, request), storeRequest(fixture, request)]);
    const placed = answers.filter((answer) => answer.status === 201);
    const busy = answers.filter((answer) => answer.status === 409);
    expect(placed.length + busy.length).toBe(2);
    expect(new Set(placed.map((answer) => answer.headers.get('location'))).size).toBe(1);
    for (const answer of busy) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test.each([
    ['a JSON number for money', { items: [{ name: 'A', quantity: 1, unit_amount: 49 }] }, '/items/0/unit_amount'],
    ['an amount with an exponent', { items: [{ name: 'A', quantity: 1, unit_amount: '1e3' }] }, '/items/0/unit_amount'],
    ['a negative amount', { items: [{ name: 'A', quantity: 1, unit_amount: '-1' }] }, '/items/0/unit_amount'],
    ['too many decimal places', { items: [{ name: 'A', quantity: 1, unit_amount: '1.001' }] }, '/items/0/unit_amount'],
    ['a fraction of a piece', { items: [{ name: 'A', quantity: 1.5, unit_amount: '1' }] }, '/items/0/quantity'],
    ['no pieces', { items: [{ name: 'A', quantity: 0, unit_amount: '1' }] }, '/items/0/quantity'],
    ['too many pieces', { items: [{ name: 'A', quantity: 10_001, unit_amount: '1' }] }, '/items/0/quantity'],
    ['no items', { items: [] }, '/items'],
    ['too many items', { items: Array(101).fill({ name: 'A', quantity: 1, unit_amount: '1' }) }, '/items'],
    ['a total of nothing', { items: [{ name: 'A', quantity: 1, unit_amount: '0.00' }] }, '/items'],
    ['a total beyond counting', { items: [{ name: 'A', quantity: 10_000, unit_amount: '90000000000000' }] }, '/items'],
    ['a nameless item', { items: [{ name: '  ', quantity: 1, unit_amount: '1' }] }, '/items/0/name'],
    ['a name of two lines', { items: [{ name: 'a\nb', quantity: 1, unit_amount: '1' }] }, '/items/0/name'],
    ['a currency that is none', { currency: 'usd' }, '/currency'],
    ['a currency named like a part of every object', { currency: 'constructor' }, '/currency'],
    ['a currency named like a method of every object', { currency: 'toString' }, '/currency'],
    ['a currency named like the prototype', { currency: '__proto__' }, '/currency'],
    ['an e-mail that is none', { customer: { email: 'ada' } }, '/customer/email'],
    ['an address without a name', { customer: { email: '@example.com' } }, '/customer/email'],
    [
      'an address with a line break',
      { customer: { email: 'kim@example.com\r\nBcc: all@example.com' } },
      '/customer/email',
    ],
    ['an unknown provider', { provider: 'stripe' }, '/provider'],
    ['plain http to return to', { redirect_url: 'http://shop.example.com/' }, '/redirect_url'],
    ['a script to return to', { redirect_url: 'javascript:alert(1)' }, '/redirect_url'],
    ['metadata that is no text', { metadata: { cart: 9 } }, '/metadata/cart'],
    ['metadata that is too long', { metadata: { cart: 'x'.repeat(501) } }, '/metadata/cart'],
    ['metadata with a zero byte', { metadata: { cart: 'a\0b' } }, '/metadata/cart'],
    [
      'too much metadata',
      { metadata: Object.fromEntries([...Array(21).keys()].map((n) => [`k${n}`, ''])) },
      '/metadata',
    ],
    ['a misspelt field', { redirect_ur: 'https://a.example.com' }, '/redirect_ur'],
    ['half a surrogate pair', { reference: '\ud800' }, '/reference'],
  ])('refuses %s and points at it', async (_what, change, pointer) => {
    const { errors } = await problemOf(await storeRequest(fixture, { body: orderBody(change) }), 422);
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  test('refuses the one name in metadata that would be lost', async () => {
    const body = JSON.stringify(orderBody()).replace('"cart"', '"__proto__"');
    const { errors } = await problemOf(await storeRequest(fixture, { body }), 422);
    expect(errors?.map((error) => error.pointer)).toEqual(['/metadata/__proto__']);
  });

  test('says in plain words what is missing and what is of another kind', async () => {
    const body = { currency: 7, metadata: { cart: 9 } };
    const { errors } = await problemOf(await storeRequest(fixture, { body }), 422);
    expect(errors).toEqual([
      { pointer: '/items', detail: 'is required' },
      { pointer: '/currency', detail: 'must be a JSON string' },
      { pointer: '/metadata/cart', detail: 'must be a JSON string' },
    ]);
  });

  test('lists every fault at once, also an amount whose neighbours are wrong', async () => {
    const items = [
      { name: '', quantity: 'two', unit_amount: 1 },
      { name: 'B', quantity: 1, unit_amount: '1.005' },
    ];
    const body = orderBody({ items, provider: 'x', customer: { email: 1 } });
    const { errors } = await problemOf(await storeRequest(fixture, { body }), 422);
    const pointers = errors?.map((error) => error.pointer).sort();
    const expected = ['/customer/email', '/items/0/name', '/items/0/quantity', '/items/0/unit_amount'];
    expect(pointers).toEqual([...expected, '/items/1/unit_amount', '/provider']);
  });

  test.each(['null', '[]', '"text"', '7'])('refuses %s as an order', async (body) => {
    await problemOf(await storeRequest(fixture, { body }), 422);
  });

  test.each(['', '{', '{"a":1,}', '\ufeff{'])('refuses what is not JSON: %j', async (body) => {
    await problemOf(await storeRequest(fixture, { body }), 400);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', undefined])('refuses the type %s', async (type) => {
    await problemOf(await storeRequest(fixture, { body: orderBody(), headers: { 'content-type': type } }), 415);
  });

  test.each(['application/json; charset=UTF-8', 'application/json ; charset="utf-8"', 'Application/JSON'])(
    'accepts the type %s',
    async (type) => {
      const headers = { 'content-type': type };
      expect((await storeRequest(fixture, { body: orderBody(), headers })).status).toBe(201);
    },
  );

  test('refuses a body that is too large', async () => {
    const response = await storeRequest(fixture, { body: orderBody({ reference: 'x'.repeat(300_000) }) });
    await problemOf(response, 413);
  });

  test.each(['k'.repeat(256), 'schl\u00fcssel'])('refuses the malformed key %j', async (key) => {
    await problemOf(await storeRequest(fixture, { body: orderBody(), headers: { 'idempotency-key': key } }), 400);
  });

  test('says so when no provider can take the currency', async () => {
    const body = orderBody({ provider: 'coinbase', currency: 'EUR' });
    expect(await problemOf(await storeRequest(fixture, { body }), 422)).toMatchObject({
      code: 'no_provider',
      detail: 'Coinbase cannot take 49.00 EUR.',
    });
  });
});

describe('a failing provider', () => {
  test('that refuses is reported with the order, in words that a customer may read', async () => {
    const own = await openServerFixture({ providers: ['btcpay'], env: { BTCPAY_API_KEY: 'a-wrong-key' } });
    try {
      const problem = await problemOf(await storeRequest(own, { body: orderBody() }), 502);
      const detail = 'This way to pay does not work for this order: choose another one.';
      expect(problem).toMatchObject({ code: 'provider_rejected', provider: 'btcpay', detail });
      const order = await storeRequest(own, { path: `/v1/orders/${problem.order_id}` });
      expect(order.status).toBe(200);
    } finally {
      await own.close();
    }
  });

  test('that is unavailable is reported as such, and the request may be repeated', async () => {
    const own = await openServerFixture({ providers: ['btcpay'] });
    try {
      own.sandbox.faults('btcpay').set({ outage: true });
      const request = { body: orderBody(), headers: { 'idempotency-key': 'again' } };
      const first = await storeRequest(own, request);
      expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
      const detail = 'This way to pay is not available right now: try again in a minute, or choose another one.';
      expect(await problemOf(first, 503)).toMatchObject({ code: 'provider_unreachable', detail });
      own.sandbox.faults('btcpay').reset();
      const second = await storeRequest(own, request);
      expect(second.status).toBe(201);
      expect(own.sandbox.records('btcpay')).toHaveLength(1);
    } finally {
      await own.close();
    }
  });
});
