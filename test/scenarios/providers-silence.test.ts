// Webhooks that stop coming, with everything around them real.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { type House, openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';

const isSilence = ({ text }: { text: string }): boolean => text.includes('Webhooks have stopped coming');

/** Paid, and found by polling, because no webhook comes. */
async function payUntold(house: House): Promise<void> {
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay');
  house.clock.move(minute);
  await house.runJob('poll-payments');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
}

async function openAfterFirstEvent(): Promise<House> {
  const house = await openHouse();
  const told = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(told, 'pay');
  await house.awaitOrder(told.id, ({ status }) => status === 'paid');
  await house.awaitQuiet();
  house.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  return house;
}

test('payments that change without a word ring once, say what to check, and the next event ends it', async () => {
  await using house = await openAfterFirstEvent();
  await payUntold(house);
  await payUntold(house);
  house.clock.move(20 * minute);
  await house.runJob('watch-webhooks');
  const card = await house.awaitCard(isSilence);
  expect(card.text).toContain('WARNING');
  expect(card.text).toContain('BTCPay itself answers');
  expect(card.text).toContain('the webhook URL, its secret, and that the subscription is switched on');
  expect(card.text).toContain('2 payments changed there without one');
  const shown = await house.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(shown.text).toContain('🔕 No webhook since');
  const health = await house.ask('/health', ({ text }) => text.includes('webhooks'));
  expect(health.text).toContain('answers, but its webhooks have stopped coming');
  expect((await house.send('/metrics')).text).toContain('tillkeeper_webhooks_silent{provider="btcpay"} 1');

  house.sandbox.faults('btcpay').set({ dropWebhooks: 0 });
  const told = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(told, 'pay');
  await house.awaitOrder(told.id, ({ status }) => status === 'paid');
  await house.awaitQuiet();
  const isOver = async (): Promise<boolean> => {
    await house.runJob('watch-webhooks');
    return house.pagerText(card.messageId).includes('An event arrived.');
  };
  await awaitTrue(isOver, { what: 'the resolved card', instead: () => house.pagerText(card.messageId) });
  expect(house.pagerMessages().filter(isSilence)).toHaveLength(1);
});

test('a provider that is down at the same time rings for its outage alone', async () => {
  await using house = await openAfterFirstEvent();
  await payUntold(house);
  await payUntold(house);
  house.sandbox.faults('btcpay').set({ outage: true });
  house.clock.move(20 * minute);
  await house.runJob('watch-webhooks');
  await house.runJob('watch-providers');
  await house.tryOrder({ provider: 'btcpay' });
  await house.runJob('watch-providers');
  await house.awaitCard(({ text }) => text.includes('Provider does not answer'));
  house.clock.move(20 * minute);
  await house.runJob('watch-webhooks');
  await house.awaitQuiet();
  expect(house.pagerMessages().filter(isSilence)).toEqual([]);
});
