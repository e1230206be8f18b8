import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { providersThat } from '#test/support/abilities.ts';
import { buttonsOf, openHouse } from '#test/support/house.ts';
import { awaitFound, awaitTrue } from '#test/support/house-wait.ts';

const providers = providersThat('canCreate');

test('a provider that is down for an hour rings once, is left out, and everything heals when it is back', async () => {
  await using house = await openHouse();
  const paidBefore = await house.placeOrder({ provider: 'coinbase' });
  const coinbase = house.sandbox.faults('coinbase');
  coinbase.set({ outage: true });
  await house.visit(paidBefore, 'pay');

  // Named, it cannot be had; `auto` goes elsewhere from the first order on, and without asking it once it is known to be down.
  const refused = await house.tryOrder({ provider: 'coinbase' });
  expect(refused).toMatchObject({ status: 503, json: { code: 'provider_unreachable' } });
  expect(refused.headers.get('retry-after')).toBe('30');
  const elsewhere = await house.placeOrder({ provider: 'auto' });
  expect(elsewhere.provider).toBe('bitpay');
  await house.runJob('watch-providers');
  const card = await house.awaitCard(({ text }) => text.includes('Provider does not answer'));
  expect(card.text).toContain('Coinbase');
  expect(card.text).toContain('CRITICAL');
  expect(buttonsOf(card)).toEqual(['Acknowledge', 'Snooze 1 h']);
  await awaitTrue(async () => (await house.send('/readyz')).text.includes('"provider coinbase","ok":false'), {
    what: 'the health of Coinbase',
  });
  expect((await house.send('/readyz')).status).toBe(200);
  const calls = house.sandbox.callLog('coinbase').filter(({ method }) => method === 'POST').length;
  const again = await house.placeOrder({ provider: 'auto' });
  expect(again.provider).toBe('bitpay');
  expect(house.sandbox.callLog('coinbase').filter(({ method }) => method === 'POST')).toHaveLength(calls);
  await house.visit(again, 'pay');
  await house.awaitOrder(again.id, ({ status }) => status === 'paid');

  house.clock.move(hour);
  await house.runJob('watch-providers');
  expect((await house.getOrder(paidBefore.id)).status).toBe('awaiting_payment');
  coinbase.set({ outage: false });
  await house.awaitOrder(paidBefore.id, ({ status }) => status === 'paid');
  const isOver = async (): Promise<boolean> => {
    await house.runJob('watch-providers');
    await house.runJob('catch-up');
    return house.pagerText(card.messageId).includes('It answers again: blind for 60 minutes, 1 payment recovered,');
  };
  await awaitTrue(isOver, { what: 'the resolved card', instead: () => house.pagerText(card.messageId) });
  expect((await house.placeOrder({ provider: 'coinbase' })).provider).toBe('coinbase');
  expect(house.pagerMessages().filter(({ text }) => text.includes('does not answer'))).toHaveLength(1);
  expect(house.shop.heardOf(paidBefore.id).map(({ type }) => type)).toEqual(['order.paid']);
});

test('when every provider is down the shop is told to come again, and nothing is left half made', async () => {
  await using house = await openHouse();
  for (const provider of providers) house.sandbox.faults(provider).set({ outage: true });
  const first = await house.tryOrder({ provider: 'auto', key: 'order-of-the-outage' });
  expect(first.status).toBe(503);
  for (const provider of providers) house.sandbox.faults(provider).set({ outage: false });
  const order = await awaitFound(
    async () => {
      const answer = await house.tryOrder({ provider: 'auto', key: 'order-of-the-outage' });
      return answer.status === 201 ? house.placeOrder({ provider: 'auto', key: 'order-of-the-outage' }) : undefined;
    },
    { what: 'a provider that is back' },
  );
  expect(order.id).toBe(first.json.order_id);
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  const checkouts = providers.map((provider) => house.sandbox.records(provider).length);
  expect(checkouts.every((count) => count <= 1)).toBe(true);
});

test('a repeat goes on with what was begun at each provider, and makes no second checkout at any', async () => {
  await using house = await openHouse({
    env: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' },
    providerPolicy: { attemptsMax: 1, timeoutMs: 200 },
  });
  const others = providers.filter((provider) => provider !== 'bitpay');
  for (const provider of others) house.sandbox.faults(provider).set({ outage: true });
  // BitPay makes the invoice, and its answer is lost.
  house.sandbox.faults('bitpay').failNext('timeout_after');
  const draft = { provider: 'auto', key: 'a-key' } as const;
  expect((await house.tryOrder(draft)).status).toBe(503);
  expect(house.sandbox.records('bitpay')).toHaveLength(1);
  const order = await house.placeOrder(draft);
  expect(order.provider).toBe('bitpay');
  expect(order.checkoutUrl).toMatch(/^http/);
  expect(house.sandbox.records('bitpay')).toHaveLength(1);
  const { payments } = await house.getOrder(order.id);
  expect(payments.map(({ provider }) => provider).sort()).toEqual([...providers].sort());
});

test('a Coinbase checkout whose creation was never answered is looked for, and the order is paid by it', async () => {
  await using house = await openHouse({ providerPolicy: { attemptsMax: 1, timeoutMs: 200 } });
  house.sandbox.faults('coinbase').failNext('timeout_after');
  const first = await house.tryOrder({ provider: 'coinbase' });
  expect(first).toMatchObject({ status: 503, json: { code: 'provider_unreachable' } });
  const id = first.json.order_id ?? '';
  house.clock.move(2 * minute);
  await house.runJob('poll-payments');
  await house.awaitOrder(id, ({ payment }) => payment?.checkout_url?.startsWith('http') ?? false);
  expect(house.sandbox.records('coinbase')).toHaveLength(1);
  await house.visit({ id }, 'pay');
  await house.awaitOrder(id, ({ status }) => status === 'paid');
});

test('money in a checkout whose creation was never answered is ours, even where nothing can be looked for', async () => {
  await using house = await openHouse({
    env: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' },
    providerPolicy: { attemptsMax: 1, timeoutMs: 200 },
  });
  house.sandbox.faults('bitpay').failNext('timeout_after');
  const first = await house.tryOrder({ provider: 'bitpay' });
  expect(first.status).toBe(503);
  const reference = house.sandbox.records('bitpay')[0]?.reference ?? 'none';
  await house.sandbox.visit({ provider: 'bitpay', reference, action: 'pay' });
  const order = await house.awaitOrder(first.json.order_id ?? '', ({ status }) => status === 'paid');
  expect(order.payment).toMatchObject({ provider_reference: reference, trust: 'fetched' });
});

test('a create that no provider ever heard of ends as failed, and somebody is told', async () => {
  await using house = await openHouse({ providerPolicy: { attemptsMax: 1, timeoutMs: 200 } });
  house.sandbox.faults('coinbase').failNext('timeout_before');
  const { json } = await house.tryOrder({ provider: 'coinbase' });
  house.clock.move(2 * hour + minute);
  await house.runJob('poll-payments');
  await house.awaitOrder(json.order_id ?? '', ({ payment }) => payment?.status === 'failed');
  await house.awaitCard(({ text }) => text.includes('No payment link could be made'));
});
