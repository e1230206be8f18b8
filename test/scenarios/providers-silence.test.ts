// Webhooks that stop coming, with everything around them real.
import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const isSilence = ({ text }: { text: string }): boolean => text.includes('Webhooks have stopped coming');

/** Paid, and found by polling, because no webhook comes. */
async function payWithoutWebhook(app: AppFixture): Promise<void> {
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  app.clock.move(minute);
  await app.runJob('poll-payments');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
}

async function openAfterFirstEvent(): Promise<AppFixture> {
  const app = await openAppFixture();
  // What follows is within one hour, by which the watch learns, whenever the test runs. It has been there meanwhile.
  app.clock.move(hour - (app.clock.now() % hour));
  await app.runJob('watch-webhooks');
  const told = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(told, 'pay');
  await app.awaitOrder(told.id, ({ status }) => status === 'paid');
  await app.awaitQuiet();
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  return app;
}

test('payments that change without a webhook raise one alert, which says what to check and is resolved by the next event', async () => {
  await using app = await openAfterFirstEvent();
  await payWithoutWebhook(app);
  await payWithoutWebhook(app);
  app.clock.move(20 * minute);
  await app.runJob('watch-webhooks');
  const card = await app.awaitCard(isSilence);
  expect(card.text).toContain('WARNING');
  expect(card.text).toContain('BTCPay itself answers');
  expect(card.text).toContain('the webhook URL, its secret, and that the subscription is switched on');
  expect(card.text).toContain('2 payments changed there without one');
  const shown = await app.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(shown.text).toContain('🔕 No webhook since');
  const health = await app.ask('/health', ({ text }) => text.includes('webhooks'));
  expect(health.text).toContain('answers, but its webhooks have stopped coming');
  expect((await app.send('/metrics')).text).toContain('tillkeeper_webhooks_silent{provider="btcpay"} 1');

  app.sandbox.faults('btcpay').set({ dropWebhooks: 0 });
  const told = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(told, 'pay');
  await app.awaitOrder(told.id, ({ status }) => status === 'paid');
  await app.awaitQuiet();
  const isOver = async (): Promise<boolean> => {
    await app.runJob('watch-webhooks');
    return app.pagerText(card.messageId).includes('An event arrived.');
  };
  await awaitUntil(isOver, { what: 'the resolved card', instead: () => app.pagerText(card.messageId) });
  expect(app.pagerMessages().filter(isSilence)).toHaveLength(1);
});

test('a provider that is unavailable at the same time raises an alert for its outage alone', async () => {
  await using app = await openAfterFirstEvent();
  await payWithoutWebhook(app);
  await payWithoutWebhook(app);
  app.sandbox.faults('btcpay').set({ outage: true });
  app.clock.move(20 * minute);
  await app.runJob('watch-webhooks');
  await app.runJob('watch-providers');
  await app.tryOrder({ provider: 'btcpay' });
  await app.runJob('watch-providers');
  await app.awaitCard(({ text }) => text.includes('Provider does not answer'));
  app.clock.move(20 * minute);
  await app.runJob('watch-webhooks');
  await app.awaitQuiet();
  expect(app.pagerMessages().filter(isSilence)).toEqual([]);
});
