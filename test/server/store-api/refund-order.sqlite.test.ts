import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '#kernel/actor.ts';
import { asPaymentId, asRefundId } from '#kernel/ids.ts';
import { sendRefund } from '#payments/refunds/send-refund.ts';
import { refreshPayment } from '#payments/sync/refresh-payment.ts';
import { orderSchema, placedOrderSchema, refundSchema } from '#server/store-api/answer-schemas.ts';
import {
  createFakeRefundProvider,
  type FakeRefundProvider,
  withFakeRefunds,
} from '#test/support/fakes/refund-provider.ts';
import { openServerFixture, orderBody, type ServerFixture, storeKey, storeRequest } from '../support/server-fixture.ts';

let fixture: ServerFixture;
let refundProvider: FakeRefundProvider;
beforeAll(async () => {
  fixture = await openServerFixture();
  refundProvider = createFakeRefundProvider(fixture.payments.clock, { startsAs: 'succeeded' });
  fixture.payments.providers = withFakeRefunds(fixture.payments.providers, 'btcpay', refundProvider);
});
afterAll(() => fixture.close());

const cause = { kind: 'poll', id: 'test', actor: systemActor } as const;

/** An order of 49.00 USD that is paid; its id and its payment's. */
async function paidOrder(): Promise<{ id: string; paymentId: string }> {
  const placed = placedOrderSchema.parse(await (await storeRequest(fixture, { body: orderBody() })).json());
  const reference = placed.payment?.checkout_url?.split('/').at(-1) ?? '';
  await fixture.sandbox.visit({ provider: 'btcpay', reference, action: 'pay' });
  const paymentId = placed.payment?.id ?? '';
  await refreshPayment(fixture.payments, { paymentId: asPaymentId(paymentId), cause });
  return { id: placed.id, paymentId };
}

function refund(id: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return storeRequest(fixture, { path: `/v1/orders/${id}/refunds`, body, headers });
}

const readOrder = async (id: string) =>
  orderSchema.parse(await (await storeRequest(fixture, { path: `/v1/orders/${id}` })).json());

test('a reason with a secret in it is refused, neither stored nor repeated', async () => {
  const { id } = await paidOrder();
  const secrets = [storeKey, 'prod_sk_4YbGmaBCeP7qZ'];
  for (const secret of secrets) {
    const response = await refund(id, { reason: `key ${secret}` });
    expect(response.status).toBe(422);
    const text = await response.text();
    expect(text).toContain('must not have a secret key, token or password in it');
    expect(text).not.toContain(secret);
  }
  expect((await readOrder(id)).refunds).toEqual([]);
  expect(secrets.some((secret) => fixture.logged.join('').includes(secret))).toBe(false);
});

test('a refund is requested, and the order shows it as refunding and then as refunded', async () => {
  const { id, paymentId } = await paidOrder();
  const response = await refund(id, { amount: '10.00', reason: 'Bought by mistake' });
  expect(response.status).toBe(201);
  const asked = refundSchema.parse(await response.json());
  expect(asked).toMatchObject({ status: 'requested', amount: '10.00', currency: 'USD', payment_id: paymentId });
  expect(await readOrder(id)).toMatchObject({
    status: 'paid',
    refunding_amount: '10.00',
    refunded_amount: '0.00',
    refunds: [{ id: asked.id, reason: 'Bought by mistake' }],
  });
  await sendRefund(fixture.payments, { refundId: asRefundId(asked.id), cause });
  expect(await readOrder(id)).toMatchObject({
    status: 'partially_refunded',
    refunding_amount: '0.00',
    refunded_amount: '10.00',
    refunds: [{ status: 'succeeded', settled_at: expect.any(String) }],
  });
});

test('without an amount everything is refunded; repeated with its key it is one refund', async () => {
  const { id } = await paidOrder();
  const headers = { 'idempotency-key': 'refund-1' };
  const first = await refund(id, { reason: 'All of it' }, headers);
  const again = await refund(id, { reason: 'All of it' }, headers);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await again.json()).toEqual(await first.json());
  const other = await refund(id, { reason: 'Another body' }, headers);
  expect(await other.json()).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  expect((await readOrder(id)).refunds).toHaveLength(1);
});

test('one key for two orders makes a refund of each', async () => {
  const [first, second] = [await paidOrder(), await paidOrder()];
  const headers = { 'idempotency-key': 'refund-2' };
  for (const { id } of [first, second]) expect((await refund(id, { reason: 'Both' }, headers)).status).toBe(201);
});

test.each([
  [{}, '/reason', 'is required'],
  [{ reason: '' }, '/reason', 'must not be empty'],
  [{ reason: 'x', amount: 10 }, '/amount', 'must be a decimal string'],
  [{ reason: 'x', amount: '10.001' }, '/amount', 'decimal places'],
  [{ reason: 'x', amount: '49.01' }, '/amount', 'At most 49.00 USD'],
  [{ reason: 'x', amount: '0' }, '/amount', 'At most 49.00 USD'],
  [{ reason: 'x', payment_id: '00000000-0000-7000-8000-000000000000' }, '/payment_id', 'no such payment'],
  [{ reason: 'x', amonut: '1.00' }, '/amonut', 'is not a known field'],
])('%o is refused at %s', async (body, pointer, words) => {
  const { id } = await paidOrder();
  const response = await refund(id, body);
  expect(response.status).toBe(422);
  const { errors } = (await response.json()) as { errors: { pointer: string; detail: string }[] };
  expect(errors[0]?.pointer).toBe(pointer);
  expect(errors[0]?.detail).toContain(words);
});

test('an order that is not paid has nothing to give back, and an order that is not there is not found', async () => {
  const placed = placedOrderSchema.parse(await (await storeRequest(fixture, { body: orderBody() })).json());
  expect(await (await refund(placed.id, { reason: 'x' })).json()).toMatchObject({ code: 'nothing_captured' });
  expect((await refund('00000000-0000-7000-8000-000000000000', { reason: 'x' })).status).toBe(404);
  expect((await refund('not-an-id', { reason: 'x' })).status).toBe(404);
});

test('the route takes POST only, and only with the key of the shop', async () => {
  const { id } = await paidOrder();
  const path = `/v1/orders/${id}/refunds`;
  expect((await storeRequest(fixture, { path })).status).toBe(405);
  const headers = { authorization: 'Bearer wrong' };
  expect((await storeRequest(fixture, { path, body: { reason: 'x' }, headers })).status).toBe(401);
});
