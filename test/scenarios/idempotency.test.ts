import { expect, test } from 'vitest';
import { providersThat } from '#test/support/abilities.ts';
import { openHouse } from '#test/support/house.ts';

test('the same key with the same body gives the same answer, and no second checkout', async () => {
  await using house = await openHouse();
  const draft = { provider: 'bitpay', key: 'a-key' } as const;
  const first = await house.tryOrder(draft);
  const second = await house.tryOrder(draft);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.text).toBe(first.text);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(house.sandbox.records('bitpay')).toHaveLength(1);
});

test('the same key with another body is refused with 422', async () => {
  await using house = await openHouse();
  await house.placeOrder({ provider: 'bitpay', key: 'a-key' });
  const other = await house.tryOrder({ provider: 'bitpay', key: 'a-key', amount: '50.00' });
  expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
  expect(house.sandbox.records('bitpay')).toHaveLength(1);
});

test.each(providersThat('canCreate'))(
  '%s: twenty requests with one key at the same moment make one order and one checkout',
  async (provider) => {
    await using house = await openHouse();
    const answers = await Promise.all(Array.from({ length: 20 }, () => house.tryOrder({ provider, key: 'a-key' })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(house.sandbox.records(provider)).toHaveLength(1);
  },
);

test.each(providersThat('canCreate', 'canFindLostCreate'))(
  '%s: a repeat after the answer was lost goes on with the same order and checkout',
  async (provider) => {
    await using house = await openHouse({ providerPolicy: { attemptsMax: 1, timeoutMs: 200 } });
    const { failNext } = house.sandbox.faults(provider);
    failNext('timeout_after');
    const draft = { provider, key: 'a-key' };
    const first = await house.tryOrder(draft);
    const second = await house.tryOrder(draft);
    expect(second.status).toBe(201);
    expect(second.json.id).toBe(first.json.order_id ?? first.json.id);
    expect(house.sandbox.records(provider)).toHaveLength(1);
  },
);

test('a key holds over a restart', async () => {
  await using house = await openHouse();
  const first = await house.placeOrder({ provider: 'coinbase', key: 'a-key' });
  await house.restart();
  const second = await house.placeOrder({ provider: 'coinbase', key: 'a-key' });
  expect(second).toEqual(first);
  expect(house.sandbox.records('coinbase')).toHaveLength(1);
});
