import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { awaitFound, awaitUntil } from '#test/support/time/await-until.ts';

const providers = providersThat('canCreate');

test('a provider that is unavailable for an hour raises one alert, is left out, and its payments are updated when it answers', async () => {
  await using app = await openAppFixture();
  const paidBefore = await app.placeOrder({ provider: 'coinbase' });
  const coinbase = app.sandbox.faults('coinbase');
  coinbase.set({ outage: true });
  await app.visit(paidBefore, 'pay');

  // Named, it cannot be had; `auto` goes elsewhere from the first order on, and without asking it once it is known to be down.
  const refused = await app.tryOrder({ provider: 'coinbase' });
  expect(refused).toMatchObject({ status: 503, json: { code: 'provider_unreachable' } });
  expect(refused.headers.get('retry-after')).toBe('30');
  const elsewhere = await app.placeOrder({ provider: 'auto' });
  expect(elsewhere.provider).toBe('bitpay');
  await app.runJob('watch-providers');
  const card = await app.awaitCard(({ text }) => text.includes('Provider does not answer'));
  expect(card.text).toContain('Coinbase');
  expect(card.text).toContain('CRITICAL');
  expect(buttonsOf(card)).toEqual(['Acknowledge', 'Snooze 1 h']);
  await awaitUntil(async () => (await app.send('/readyz')).text.includes('"provider coinbase","ok":false'), {
    what: 'the health of Coinbase',
  });
  expect((await app.send('/readyz')).status).toBe(200);
  const calls = app.sandbox.callLog('coinbase').filter(({ method }) => method === 'POST').length;
  const again = await app.placeOrder({ provider: 'auto' });
  expect(again.provider).toBe('bitpay');
  expect(app.sandbox.callLog('coinbase').filter(({ method }) => method === 'POST')).toHaveLength(calls);
  await app.visit(again, 'pay');
  await app.awaitOrder(again.id, ({ status }) => status === 'paid');

  app.clock.move(hour);
  const isProbed = async (): Promise<boolean> => {
    await app.runJob('watch-providers');
    return (await app.send('/readyz')).text.includes('unavailable for 60 minutes');
  };
  await awaitUntil(isProbed, { what: 'a probe an hour later' });
  expect((await app.getOrder(paidBefore.id)).status).toBe('awaiting_payment');
  coinbase.set({ outage: false });
  await app.awaitOrder(paidBefore.id, ({ status }) => status === 'paid');
  const isOver = async (): Promise<boolean> => {
    await app.runJob('watch-providers');
    await app.runJob('catch-up');
    return app.pagerText(card.messageId).includes('It answers again: unavailable for 60 minutes, 1 payment recovered,');
  };
  await awaitUntil(isOver, { what: 'the resolved card', instead: () => app.pagerText(card.messageId) });
  expect((await app.placeOrder({ provider: 'coinbase' })).provider).toBe('coinbase');
  expect(app.pagerMessages().filter(({ text }) => text.includes('does not answer'))).toHaveLength(1);
  expect(app.shop.heardOf(paidBefore.id).map(({ type }) => type)).toEqual(['order.paid']);
});

test('when every provider is down the shop is told to come again, and nothing is left half made', async () => {
  await using app = await openAppFixture();
  for (const provider of providers) app.sandbox.faults(provider).set({ outage: true });
  const first = await app.tryOrder({ provider: 'auto', key: 'order-of-the-outage' });
  expect(first.status).toBe(503);
  for (const provider of providers) app.sandbox.faults(provider).set({ outage: false });
  const order = await awaitFound(
    async () => {
      const answer = await app.tryOrder({ provider: 'auto', key: 'order-of-the-outage' });
      return answer.status === 201 ? app.placeOrder({ provider: 'auto', key: 'order-of-the-outage' }) : undefined;
    },
    { what: 'a provider that is back' },
  );
  expect(order.id).toBe(first.json.order_id);
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  const checkouts = providers.map((provider) => app.sandbox.records(provider).length);
  expect(checkouts.every((count) => count <= 1)).toBe(true);
});

test('a repeat goes on with what was begun at each provider, and makes no second checkout at any', async () => {
  await using app = await openAppFixture({
    env: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' },
    providerPolicy: { attemptsMax: 1, timeoutMs: 1_500 },
  });
  const others = providers.filter((provider) => provider !== 'bitpay');
  for (const provider of others) app.sandbox.faults(provider).set({ outage: true });
  // BitPay makes the invoice, and its answer is lost.
  app.sandbox.faults('bitpay').failNext('timeout_after');
  const draft = { provider: 'auto', key: 'a-key' } as const;
  expect((await app.tryOrder(draft)).status).toBe(503);
  expect(app.sandbox.records('bitpay')).toHaveLength(1);
  const order = await app.placeOrder(draft);
  expect(order.provider).toBe('bitpay');
  expect(order.checkoutUrl).toMatch(/^http/);
  expect(app.sandbox.records('bitpay')).toHaveLength(1);
  const { payments } = await app.getOrder(order.id);
  expect(payments.map(({ provider }) => provider).sort()).toEqual([...providers].sort());
});

test('a Coinbase checkout whose creation was never answered is searched for, and the order is paid by it', async () => {
  await using app = await openAppFixture({ providerPolicy: { attemptsMax: 1, timeoutMs: 1_500 } });
  app.sandbox.faults('coinbase').failNext('timeout_after');
  const first = await app.tryOrder({ provider: 'coinbase' });
  expect(first).toMatchObject({ status: 503, json: { code: 'provider_unreachable' } });
  const id = first.json.order_id ?? '';
  app.clock.move(2 * minute);
  await app.runJob('poll-payments');
  await app.awaitOrder(id, ({ payment }) => payment?.checkout_url?.startsWith('http') ?? false);
  expect(app.sandbox.records('coinbase')).toHaveLength(1);
  await app.visit({ id }, 'pay');
  await app.awaitOrder(id, ({ status }) => status === 'paid');
});

test('money in a checkout whose creation was never answered is matched, even where nothing can be searched for', async () => {
  await using app = await openAppFixture({
    env: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' },
    providerPolicy: { attemptsMax: 1, timeoutMs: 1_500 },
  });
  app.sandbox.faults('bitpay').failNext('timeout_after');
  const first = await app.tryOrder({ provider: 'bitpay' });
  expect(first.status).toBe(503);
  const reference = app.sandbox.records('bitpay')[0]?.reference ?? 'none';
  await app.sandbox.visit({ provider: 'bitpay', reference, action: 'pay' });
  const order = await app.awaitOrder(first.json.order_id ?? '', ({ status }) => status === 'paid');
  expect(order.payment).toMatchObject({ provider_reference: reference, trust: 'fetched' });
});

test('a create that no provider ever received ends as failed, and an alert is raised', async () => {
  await using app = await openAppFixture({ providerPolicy: { attemptsMax: 1, timeoutMs: 1_500 } });
  app.sandbox.faults('coinbase').failNext('timeout_before');
  const { json } = await app.tryOrder({ provider: 'coinbase' });
  app.clock.move(2 * hour + minute);
  await app.runJob('poll-payments');
  await app.awaitOrder(json.order_id ?? '', ({ payment }) => payment?.status === 'failed');
  await app.awaitCard(({ text }) => text.includes('No payment link could be made'));
});
