// What a comparison finds, and the list of everything that waits for a decision, with its picture.
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { current, lastAnswer, openException, press } from '#test/support/app-fixture/exception-cards.ts';
import { adminBot, owner } from '#test/support/app-fixture/world.ts';

const listOf = (app: AppFixture) => app.ask('/exceptions', ({ text }) => text.startsWith('Exceptions'));

/** Somebody makes an invoice on the provider's own pages and has it paid; its webhook is lost. */
async function payElsewhere(app: AppFixture, description: string): Promise<string> {
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  const { reference } = app.sandbox.createForeign('btcpay', { amount: '49.00', description });
  await app.sandbox.visit({ provider: 'btcpay', reference, action: 'pay' });
  app.sandbox.faults('btcpay').set({ dropWebhooks: 0 });
  return reference;
}

test('an unmatched payment is found, suggested for an order, linked and pays it; taken back, it is open as before', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'expire');
  await app.awaitOrder(order.id, ({ status }) => status === 'expired');
  await payElsewhere(app, `By hand for ${order.number}`);
  app.clock.move(10 * minute);
  await app.runJob('reconcile');
  const alert = await app.awaitCard(({ text }) => text.includes("Our records and the provider's differ"));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'Exceptions']);

  const list = await listOf(app);
  await press(app, list, 'By kind…', 'Missing here 1', '1');
  const card = current(app, list);
  expect(card.text).toContain('On it: By hand for T-1001');
  expect(card.text).toContain('• T-1001 49.00 USD expired: its number is on it, the same amount');
  expect(await press(app, card, 'Link to an order…', 'T-1001 · 49.00 USD', 'The customer told us')).toBe(
    'Linked to T-1001.',
  );
  const paid = await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  expect(paid.payment).toMatchObject({ status: 'paid', trust: 'fetched', provider: 'btcpay' });
  app.clock.move(hour);
  await app.runJob('reconcile');
  expect((await listOf(app)).text).toContain('Nothing waits for a decision.');

  expect(await press(app, card, 'Undo')).toBe('Taken back: it is open again.');
  expect((await app.getOrder(order.id)).status).toBe('needs_attention');
  expect((await listOf(app)).text).toContain('Missing here');
});

test('an unmatched payment of no order is dismissed, and stays dismissed over later reconciliations', async () => {
  await using app = await openAppFixture();
  await payElsewhere(app, 'Workshop');
  app.clock.move(10 * minute);
  await app.runJob('reconcile');
  const list = await listOf(app);
  expect(await press(app, list, '1', 'Ignore', 'It has nothing to do with the shop')).toBe(
    'It is ignored as long as it stays the same.',
  );
  app.clock.move(hour);
  await app.runJob('reconcile');
  expect((await listOf(app)).text).toContain('Nothing waits for a decision.');
});

/** A damaged payment: the amount stored as requested is not what the provider collects. */
async function misremember(app: AppFixture, order: { id: string }): Promise<void> {
  await app.close();
  const file = new Database(app.file);
  file.prepare("update payments set requested_amount = '40.00' where order_id = ?").run(order.id);
  file.close();
  await app.open();
}

test('an amount that differs is corrected to the provider’s, or kept when ours is right', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.awaitQuiet();
  await misremember(app, order);
  app.clock.move(hour);
  await app.runJob('reconcile');
  const view = await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  expect(view.exceptions).toMatchObject([{ kind: 'finding_amount' }]);

  const card = await openException(app, order, 'Amount differs');
  expect(card.text).toContain('Here: 40.00 USD');
  expect(card.text).toContain('There: 49.00 USD');
  expect(await press(app, card, 'Our records are right', 'Known and harmless')).toBe('Our books stand.');
  await app.runJob('reconcile');
  expect((await app.getOrder(order.id)).exceptions).toEqual([]);

  expect(await press(app, card, 'Undo', 'Take their word', 'The provider is right')).toBe(
    'Our books follow the provider.',
  );
  await app.runJob('reconcile');
  const after = await app.getOrder(order.id);
  expect([after.status, after.exceptions, after.payment?.amount]).toEqual(['paid', [], '49.00']);
});

test('the list is by age, with counts, owners and pages, below a picture that is drawn anew at a tap', async () => {
  await using app = await openAppFixture();
  for (let count = 0; count < 9; count += 1) {
    const order = await app.placeOrder({ provider: 'coinbase' });
    await app.visit(order, count === 0 ? 'fail' : 'expire');
    await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
    app.clock.move(minute);
  }
  const list = await listOf(app);
  expect(list.text).toContain('9 open, oldest 9 min · page 1');
  expect(list.text).toContain('Expired\u00a08 · Failed\u00a01');
  expect(list.text).toContain('1 🟠 T-1001 Failed · 9 min');
  await press(app, list, '1', 'Take it', '‹ Exceptions');
  expect(current(app, list).text).toContain('1 🟠 T-1001 Failed · 9 min · ✋ Ada');
  await press(app, list, 'Newer ›');
  expect(current(app, list).text).toContain('1 🔵 T-1009 Expired · 1 min');
  await press(app, list, 'By kind…', 'Failed 1');
  expect(current(app, list).text).toContain('Exceptions · Failed · 1 open');

  const picture = app.telegram.messages({ bot: adminBot, chatId: owner.id }).find(({ photo }) => photo !== undefined);
  if (picture === undefined) throw new Error('there is no picture');
  expect(picture.photo).toMatchObject({ width: 1280, height: 800 });
  expect(await press(app, picture, 'Redraw')).toBe('As of now.');
  expect(current(app, picture)).toMatchObject({ edits: 1 });
  expect(lastAnswer(app).messageId).toBe(list.messageId);
});

test('an expired unpaid link leaves the list after a day, like the alert', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'coinbase' });
  await app.visit(order, 'expire');
  await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  app.clock.move(25 * hour);
  await app.runJob('retire-cases');
  expect((await app.getOrder(order.id)).exceptions).toEqual([]);
  expect((await listOf(app)).text).toContain('Nothing waits for a decision.');
});

test('a picture that Telegram does not accept leaves the list as it is', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'coinbase' });
  await app.visit(order, 'fail');
  await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  app.telegram.failNext({ method: 'sendPhoto', times: 1, kind: 'error_500' });
  expect((await listOf(app)).text).toContain('1 open');
});
