// An outage is one alert that ends itself, and says what it came to.
import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { type House, openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';

const isOutage = ({ text }: { text: string }): boolean => text.includes('Provider does not answer');

async function awaitEnd(house: House, messageId: number): Promise<string> {
  const isOver = async (): Promise<boolean> => {
    await house.runJob('watch-providers');
    await house.runJob('catch-up');
    return house.pagerText(messageId).includes('RESOLVED');
  };
  await awaitTrue(isOver, { what: 'the end of the outage', instead: () => house.pagerText(messageId) });
  return house.pagerText(messageId);
}

test('what was paid while a provider was away is found at once, and the card says so', async () => {
  await using house = await openHouse();
  // Webhooks are lost as well: nothing but the look at the open payments can find what was paid.
  house.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  const orders = [];
  for (let count = 0; count < 3; count += 1) orders.push(await house.placeOrder({ provider: 'btcpay' }));
  const [first, second, open] = orders;
  if (first === undefined || second === undefined || open === undefined) throw new Error('three orders were placed');
  house.sandbox.faults('btcpay').set({ outage: true });
  await house.visit(first, 'pay');
  await house.visit(second, 'pay');
  await house.runJob('poll-payments');
  const card = await house.awaitCard(isOutage);
  house.clock.move(12 * minute);
  await house.runJob('watch-providers');
  expect(house.pagerMessages().filter(isOutage)).toHaveLength(1);

  house.sandbox.faults('btcpay').set({ outage: false });
  const text = await awaitEnd(house, card.messageId);
  expect(text).toContain('It answers again: blind for 12 minutes, 2 payments recovered, 0 lost.');
  for (const paid of [first, second]) await house.awaitOrder(paid.id, ({ status }) => status === 'paid');
  expect((await house.getOrder(open.id)).status).toBe('awaiting_payment');
  const shown = await house.ask('/providers', (message) => message.text.includes('Providers'));
  expect(shown.text).toContain('blind for 12 minutes, 2 payments recovered, 0 lost');
  expect(house.pagerMessages().filter(isOutage)).toHaveLength(1);
});

test('an outage outlives a restart: it is the same alert, and began when the first call failed', async () => {
  await using house = await openHouse();
  house.sandbox.faults('btcpay').set({ dropWebhooks: 1, outage: true });
  const refused = await house.tryOrder({ provider: 'btcpay' });
  expect(refused.status).toBe(503);
  await house.runJob('watch-providers');
  const card = await house.awaitCard(isOutage);
  await house.close();
  house.clock.move(hour);
  await house.open();
  await house.runJob('watch-providers');
  const health = await house.ask('/health', ({ text }) => text.includes('BTCPay') || text.includes('btcpay'));
  expect(health.text).toContain('away for 60 minutes');
  house.sandbox.faults('btcpay').set({ outage: false });
  const text = await awaitEnd(house, card.messageId);
  // The order of the outage never got a link: it is named, so that somebody can write to the customer.
  expect(text).toContain('blind for 60 minutes, 0 payments recovered, 0 lost');
  expect(text).toContain(`Got no payment link: ${refused.json.order_id === undefined ? '' : 'T-'}`);
  expect(house.pagerMessages().filter(isOutage)).toHaveLength(1);
});

test('an outage is in the metrics while it lasts, and counted', async () => {
  await using house = await openHouse();
  house.sandbox.faults('btcpay').set({ outage: true });
  await house.tryOrder({ provider: 'btcpay' });
  await house.runJob('watch-providers');
  await house.awaitCard(isOutage);
  house.clock.move(5 * minute);
  const metrics = (await house.send('/metrics')).text;
  expect(metrics).toMatch(/tillkeeper_provider_blind_seconds\{provider="btcpay"\} 30\d/);
  expect(metrics).toContain('tillkeeper_provider_outages_total{provider="btcpay"} 1');
  expect(metrics).toContain('tillkeeper_provider_blind_seconds{provider="coinbase"} 0');
});
