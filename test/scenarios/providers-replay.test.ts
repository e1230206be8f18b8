// Stored webhooks once more through today's code, from the chat.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { awaitFound } from '#test/support/house-wait.ts';
import { adminBot, owner } from '#test/support/house-world.ts';

/** The message as it is now, as soon as it says this. */
function awaitText(house: House, messageId: number, words: string) {
  const find = () =>
    house.telegram.messages({ bot: adminBot, chatId: owner.id }).find((message) => message.messageId === messageId);
  return awaitFound(() => (find()?.text.includes(words) ? find() : undefined), {
    ...{ what: words, instead: () => find()?.text },
  });
}

test('a dry run says what would change and changes nothing; the second tap does it', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.awaitQuiet();
  // Taken back at the provider, and the webhook about it is lost: nobody polls what is paid.
  house.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  await house.visit(order, 'take_back');
  house.clock.move(minute);

  const dry = await house.ask('/replay btcpay 1h now');
  const shown = await awaitText(house, dry.messageId, 'nothing was changed');
  expect(shown.text).toContain('1 would move, 0 unchanged');
  expect(shown.text).toContain(`${order.number} would move from paid to reversed`);
  expect(buttonsOf(shown)).toEqual(['Replay for real']);
  expect((await house.getOrder(order.id)).payment?.status).toBe('paid');
  expect(house.shop.heardOf(order.id).map(({ type }) => type)).toEqual(['order.paid']);

  expect((await house.tap(shown, 'Replay for real')).text).toBe('Started.');
  const done = await awaitText(house, dry.messageId, 'Replayed');
  expect(done.text).toContain(`${order.number} moved from paid to reversed`);
  expect(buttonsOf(done)).toEqual([]);
  await house.awaitOrder(order.id, ({ payment }) => payment?.status === 'reversed');
  await house.awaitCard(({ text }) => text.includes('Payment was reversed'));
  const again = await house.ask('/replay btcpay 1h now');
  const nothing = await awaitText(house, again.messageId, 'nothing was changed');
  expect(nothing.text).toContain('0 would move, 1 unchanged');
  expect(buttonsOf(nothing)).toEqual([]);
});

test('an event that is not kept, and a command that makes no sense, are told so', async () => {
  await using house = await openHouse();
  const none = await house.ask('/replay 0192f5a0-7c3e-7abc-8def-0123456789ab');
  expect((await awaitText(house, none.messageId, 'No such event is kept.')).text).toContain('Dry run');
  for (const words of ['', ' btcpay', ' btcpay now 1h', ' stripe 1h now', ' btcpay yesterday now']) {
    expect((await house.ask(`/replay${words}`)).text).toContain('/replay EVENT_ID');
  }
});
