import { expect, test } from 'vitest';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { providersThat } from '#test/support/providers/abilities.ts';

test('the same key with the same body gives the same answer, and no second checkout', async () => {
  await using app = await openAppFixture();
  const draft = { provider: 'bitpay', key: 'a-key' } as const;
  const first = await app.tryOrder(draft);
  const second = await app.tryOrder(draft);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.text).toBe(first.text);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(app.sandbox.records('bitpay')).toHaveLength(1);
});

test('the same key with another body is refused with 422', async () => {
  await using app = await openAppFixture();
  await app.placeOrder({ provider: 'bitpay', key: 'a-key' });
  const other = await app.tryOrder({ provider: 'bitpay', key: 'a-key', amount: '50.00' });
  expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
  expect(app.sandbox.records('bitpay')).toHaveLength(1);
});

test.each(providersThat('canCreate'))(
  '%s: twenty requests with one key at the same moment make one order and one checkout',
  async (provider) => {
    await using app = await openAppFixture();
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.tryOrder({ provider, key: 'a-key' })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(app.sandbox.records(provider)).toHaveLength(1);
  },
);

test.each(providersThat('canCreate', 'canFindLostCreate'))(
  '%s: a repeat after the answer was lost goes on with the same order and checkout',
  async (provider) => {
    await using app = await openAppFixture({ providerPolicy: { attemptsMax: 1, timeoutMs: 1_500 } });
    const { failNext } = app.sandbox.faults(provider);
    failNext('timeout_after');
    const draft = { provider, key: 'a-key' };
    const first = await app.tryOrder(draft);
    const second = await app.tryOrder(draft);
    expect(second.status).toBe(201);
    expect(second.json.id).toBe(first.json.order_id ?? first.json.id);
    expect(app.sandbox.records(provider)).toHaveLength(1);
  },
);

test('a key holds over a restart', async () => {
  await using app = await openAppFixture();
  const first = await app.placeOrder({ provider: 'coinbase', key: 'a-key' });
  await app.restart();
  const second = await app.placeOrder({ provider: 'coinbase', key: 'a-key' });
  expect(second).toEqual(first);
  expect(app.sandbox.records('coinbase')).toHaveLength(1);
});
