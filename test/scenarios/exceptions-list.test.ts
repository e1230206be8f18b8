// What a comparison finds, and the list of everything that waits for a decision, with its picture.
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { current, lastAnswer, openException, press } from '#test/support/house-exceptions.ts';
import { adminBot, owner } from '#test/support/house-world.ts';

const listOf = (house: House) => house.ask('/exceptions', ({ text }) => text.startsWith('Exceptions'));

/** Somebody makes an invoice on the provider's own pages and has it paid; its webhook is lost. */
async function payElsewhere(house: House, description: string): Promise<string> {
  house.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  const { reference } = house.sandbox.createForeign('btcpay', { amount: '49.00', description });
  await house.sandbox.visit({ provider: 'btcpay', reference, action: 'pay' });
  house.sandbox.faults('btcpay').set({ dropWebhooks: 0 });
  return reference;
}

test('a payment made past us is found, suggested for an order, linked and pays it; taken back, it is open as before', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'expire');
  await house.awaitOrder(order.id, ({ status }) => status === 'expired');
  await payElsewhere(house, `By hand for ${order.number}`);
  house.clock.move(10 * minute);
  await house.runJob('reconcile');
  const alert = await house.awaitCard(({ text }) => text.includes('Our books and the provider differ'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'Exceptions']);

  const list = await listOf(house);
  await press(house, list, 'By kind…', 'Missing here 1', '1');
  const card = current(house, list);
  expect(card.text).toContain('On it: By hand for T-1001');
  expect(card.text).toContain('• T-1001 49.00 USD expired: its number is on it, the same amount');
  expect(await press(house, card, 'Link to an order…', 'T-1001 · 49.00 USD', 'The customer told us')).toBe(
    'Linked to T-1001.',
  );
  const paid = await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  expect(paid.payment).toMatchObject({ status: 'paid', trust: 'fetched', provider: 'btcpay' });
  house.clock.move(hour);
  await house.runJob('reconcile');
  expect((await listOf(house)).text).toContain('Nothing waits for a decision.');

  expect(await press(house, card, 'Undo')).toBe('Taken back: it is open again.');
  expect((await house.getOrder(order.id)).status).toBe('needs_attention');
  expect((await listOf(house)).text).toContain('Missing here');
});

test('a payment that is nobody’s is ignored, and stays away over later comparisons', async () => {
  await using house = await openHouse();
  await payElsewhere(house, 'Workshop');
  house.clock.move(10 * minute);
  await house.runJob('reconcile');
  const list = await listOf(house);
  expect(await press(house, list, '1', 'Ignore', 'It has nothing to do with the shop')).toBe(
    'It is ignored as long as it stays the same.',
  );
  house.clock.move(hour);
  await house.runJob('reconcile');
  expect((await listOf(house)).text).toContain('Nothing waits for a decision.');
});

/** Books that were damaged: what we asked for is not what the provider collects. */
async function misremember(house: House, order: { id: string }): Promise<void> {
  await house.close();
  const file = new Database(house.file);
  file.prepare("update payments set requested_amount = '40.00' where order_id = ?").run(order.id);
  file.close();
  await house.open();
}

test('an amount that differs is corrected by the provider’s word, or left when our books are right', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.awaitQuiet();
  await misremember(house, order);
  house.clock.move(hour);
  await house.runJob('reconcile');
  const view = await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  expect(view.exceptions).toMatchObject([{ kind: 'finding_amount' }]);

  const card = await openException(house, order, 'Amount differs');
  expect(card.text).toContain('Here: 40.00 USD');
  expect(card.text).toContain('There: 49.00 USD');
  expect(await press(house, card, 'Our books are right', 'Known and harmless')).toBe('Our books stand.');
  await house.runJob('reconcile');
  expect((await house.getOrder(order.id)).exceptions).toEqual([]);

  expect(await press(house, card, 'Undo', 'Take their word', 'The provider is right')).toBe(
    'Our books follow the provider.',
  );
  await house.runJob('reconcile');
  const after = await house.getOrder(order.id);
  expect([after.status, after.exceptions, after.payment?.amount]).toEqual(['paid', [], '49.00']);
});

test('the list is by age, with counts, owners and pages, below a picture that is drawn anew at a tap', async () => {
  await using house = await openHouse();
  for (let count = 0; count < 9; count += 1) {
    const order = await house.placeOrder({ provider: 'coinbase' });
    await house.visit(order, count === 0 ? 'fail' : 'expire');
    await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
    house.clock.move(minute);
  }
  const list = await listOf(house);
  expect(list.text).toContain('9 open, oldest 9 min · page 1');
  expect(list.text).toContain('Ran\u00a0out\u00a0unpaid\u00a08 · Failed\u00a01');
  expect(list.text).toContain('1 🟠 T-1001 Failed · 9 min');
  await press(house, list, '1', 'Take it', '‹ Exceptions');
  expect(current(house, list).text).toContain('1 🟠 T-1001 Failed · 9 min · ✋ Ada');
  await press(house, list, 'Newer ›');
  expect(current(house, list).text).toContain('1 🔵 T-1009 Ran out unpaid · 1 min');
  await press(house, list, 'By kind…', 'Failed 1');
  expect(current(house, list).text).toContain('Exceptions · Failed · 1 open');

  const picture = house.telegram.messages({ bot: adminBot, chatId: owner.id }).find(({ photo }) => photo !== undefined);
  if (picture === undefined) throw new Error('there is no picture');
  expect(picture.photo).toMatchObject({ width: 1280, height: 800 });
  expect(await press(house, picture, 'Redraw')).toBe('As of now.');
  expect(current(house, picture)).toMatchObject({ edits: 1 });
  expect(lastAnswer(house).messageId).toBe(list.messageId);
});

test('a link that ran out unpaid is forgotten after a day, on the list as on the pager', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'coinbase' });
  await house.visit(order, 'expire');
  await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  house.clock.move(25 * hour);
  await house.runJob('retire-exceptions');
  expect((await house.getOrder(order.id)).exceptions).toEqual([]);
  expect((await listOf(house)).text).toContain('Nothing waits for a decision.');
});

test('a picture that Telegram does not take leaves the list as it is', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'coinbase' });
  await house.visit(order, 'fail');
  await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  house.telegram.failNext({ method: 'sendPhoto', times: 1, kind: 'error_500' });
  expect((await listOf(house)).text).toContain('1 open');
});
