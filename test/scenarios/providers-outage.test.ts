// An outage is one alert that ends itself, and says what it came to.
import { expect, test } from 'vitest';
import { hour, minute, second } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const isOutage = ({ text }: { text: string }): boolean => text.includes('Provider does not answer');

/** Failing for so long is an outage. */
const failingForMs = 10 * second;

/** The card of the outage, which the watch over providers raises when calls have failed for long enough. */
async function awaitOutage(app: AppFixture): Promise<SandboxMessage> {
  app.clock.move(failingForMs);
  return app.awaitCard(isOutage, () => app.runJob('watch-providers'));
}

async function awaitEnd(app: AppFixture, messageId: number): Promise<string> {
  const isOver = async (): Promise<boolean> => {
    await app.runJob('watch-providers');
    await app.runJob('catch-up');
    return app.pagerText(messageId).includes('RESOLVED');
  };
  await awaitUntil(isOver, { what: 'the end of the outage', instead: () => app.pagerText(messageId) });
  return app.pagerText(messageId);
}

test('payments made while a provider was unavailable are found at once, and the card says so', async () => {
  await using app = await openAppFixture();
  // Webhooks are lost as well: only fetching the open payments can find what was paid.
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  const orders = [];
  for (let count = 0; count < 3; count += 1) orders.push(await app.placeOrder({ provider: 'btcpay' }));
  const [first, other, open] = orders;
  if (first === undefined || other === undefined || open === undefined) throw new Error('three orders were placed');
  app.sandbox.faults('btcpay').set({ outage: true });
  await app.visit(first, 'pay');
  await app.visit(other, 'pay');
  await app.runJob('poll-payments');
  const card = await awaitOutage(app);
  app.clock.move(12 * minute - failingForMs);
  const isProbed = async (): Promise<boolean> => {
    await app.runJob('watch-providers');
    return (await app.send('/readyz')).text.includes('unavailable for 12 minutes');
  };
  await awaitUntil(isProbed, { what: 'a probe twelve minutes later' });
  expect(app.pagerMessages().filter(isOutage)).toHaveLength(1);

  app.sandbox.faults('btcpay').set({ outage: false });
  const text = await awaitEnd(app, card.messageId);
  expect(text).toContain('It answers again: unavailable for 12 minutes, 2 payments recovered, 0 lost.');
  for (const paid of [first, other]) await app.awaitOrder(paid.id, ({ status }) => status === 'paid');
  expect((await app.getOrder(open.id)).status).toBe('awaiting_payment');
  const shown = await app.ask('/providers', (message) => message.text.includes('Providers'));
  expect(shown.text).toContain('unavailable for 12 minutes, 2 payments recovered, 0 lost');
  expect(app.pagerMessages().filter(isOutage)).toHaveLength(1);
});

test('an outage outlives a restart: it is the same alert, and began when the first call failed', async () => {
  await using app = await openAppFixture();
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1, outage: true });
  const refused = await app.tryOrder({ provider: 'btcpay' });
  expect(refused.status).toBe(503);
  const card = await awaitOutage(app);
  await app.close();
  app.clock.move(hour - failingForMs);
  await app.open();
  await app.runJob('watch-providers');
  const health = await app.ask('/health', ({ text }) => text.includes('BTCPay') || text.includes('btcpay'));
  expect(health.text).toContain('unavailable for 60 minutes');
  app.sandbox.faults('btcpay').set({ outage: false });
  const text = await awaitEnd(app, card.messageId);
  // The order of the outage never got a link: it is named, so that somebody can write to the customer.
  expect(text).toContain('unavailable for 60 minutes, 0 payments recovered, 0 lost');
  expect(text).toContain(`Got no payment link: ${refused.json.order_id === undefined ? '' : 'T-'}`);
  expect(app.pagerMessages().filter(isOutage)).toHaveLength(1);
});

test('an outage is in the metrics while it lasts, and counted', async () => {
  await using app = await openAppFixture();
  const startedAt = performance.now();
  app.sandbox.faults('btcpay').set({ outage: true });
  await app.tryOrder({ provider: 'btcpay' });
  await awaitOutage(app);
  app.clock.move(5 * minute - failingForMs);
  const metrics = (await app.send('/metrics')).text;
  const unavailableSeconds = Number(
    /tillkeeper_provider_unavailable_seconds\{provider="btcpay"\} (\d+)/.exec(metrics)?.[1],
  );
  // The five minutes, and as long as the test itself took.
  expect(unavailableSeconds).toBeGreaterThanOrEqual(300);
  expect(unavailableSeconds).toBeLessThanOrEqual(301 + (performance.now() - startedAt) / second);
  expect(metrics).toContain('tillkeeper_provider_outages_total{provider="btcpay"} 1');
  expect(metrics).toContain('tillkeeper_provider_unavailable_seconds{provider="coinbase"} 0');
});
