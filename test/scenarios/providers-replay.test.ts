// Stored webhooks once more through today's code, from the chat.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { adminBot, owner } from '#test/support/app-fixture/world.ts';
import { awaitFound } from '#test/support/time/await-until.ts';

/** The message as it is now, as soon as it says this. */
function awaitText(app: AppFixture, messageId: number, words: string) {
  const find = () =>
    app.telegram.messages({ bot: adminBot, chatId: owner.id }).find((message) => message.messageId === messageId);
  return awaitFound(() => (find()?.text.includes(words) ? find() : undefined), {
    what: words,
    instead: () => find()?.text,
  });
}

test('a dry run says what would change and changes nothing; the second tap does it', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.awaitQuiet();
  // Taken back at the provider, and the webhook about it is lost: nobody polls what is paid.
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  await app.visit(order, 'take_back');
  app.clock.move(minute);

  const dry = await app.ask('/replay btcpay 1h now');
  const shown = await awaitText(app, dry.messageId, 'nothing was changed');
  expect(shown.text).toContain('1 would move, 0 unchanged');
  expect(shown.text).toContain(`${order.number} would move from paid to reversed`);
  expect(buttonsOf(shown)).toEqual(['Replay for real']);
  expect((await app.getOrder(order.id)).payment?.status).toBe('paid');
  expect(app.shop.heardOf(order.id).map(({ type }) => type)).toEqual(['order.paid']);

  expect((await app.tap(shown, 'Replay for real')).text).toBe('Started.');
  const done = await awaitText(app, dry.messageId, 'Replayed');
  expect(done.text).toContain(`${order.number} moved from paid to reversed`);
  expect(buttonsOf(done)).toEqual([]);
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === 'reversed');
  await app.awaitCard(({ text }) => text.includes('Payment reversed'));
  const again = await app.ask('/replay btcpay 1h now');
  const nothing = await awaitText(app, again.messageId, 'nothing was changed');
  expect(nothing.text).toContain('0 would move, 1 unchanged');
  expect(buttonsOf(nothing)).toEqual([]);
});

test('an unknown event and a malformed command are answered with the reason', async () => {
  await using app = await openAppFixture();
  const none = await app.ask('/replay 0192f5a0-7c3e-7abc-8def-0123456789ab');
  expect((await awaitText(app, none.messageId, 'No such event is kept.')).text).toContain('Dry run');
  for (const words of ['', ' btcpay', ' btcpay now 1h', ' stripe 1h now', ' btcpay yesterday now']) {
    expect((await app.ask(`/replay${words}`)).text).toContain('/replay EVENT_ID');
  }
});
