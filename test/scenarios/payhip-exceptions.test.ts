// What an export of Payhip finds and cannot update, and refunds of channel orders, which only Payhip can make.
import { expect, test } from 'vitest';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import type { PayhipSale } from '#sandbox/providers/payhip/sale.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { current, press } from '#test/support/app-fixture/exception-cards.ts';
import { addProduct, awaitSale, dropFile, samplePack, sellerAt } from '#test/support/app-fixture/payhip-seller.ts';

const kim = 'kim@customer.example';
const atPayhip = 'Refund it at Payhip itself: it is recorded here when the webhook is received.';

const sell = (app: AppFixture): PayhipSale => sellerAt(app).buy({ productKey: samplePack.key, email: kim });
const listOf = (app: AppFixture) => app.ask('/exceptions', ({ text }) => text.startsWith('Exceptions'));

async function importText(app: AppFixture, text: string): Promise<void> {
  const plan = await dropFile(app, { name: 'sales.csv', text });
  await app.tap(plan, buttonsOf(plan)[0] ?? '');
}

test('an amount that differs offers nothing that Payhip would have to be asked for, and stays settled in the next export', async () => {
  await using app = await openAppFixture();
  await addProduct(app, samplePack.words);
  const sale = sell(app);
  await awaitSale(app, sale.id, ({ status }) => status === 'paid');
  await importText(app, exportCsv([sale]).replace(/24\.00/, '25.00'));
  const list = await listOf(app);
  await press(app, list, '1');
  const card = current(app, list);
  expect(card.text).toContain('There: 25.00 USD');
  expect(card.text).toContain('Here: paid, 24.00 USD');
  const buttons = buttonsOf(card);
  expect(buttons).toContain('Our records are right');
  expect(buttons).not.toContain('Check again');
  expect(buttons).not.toContain('Take their word');
  await press(app, card, 'Our records are right', 'Known and harmless');
  expect((await listOf(app)).text).toContain('Nothing waits for a decision.');

  const second = sell(app);
  await awaitSale(app, second.id, ({ status }) => status === 'paid');
  // The same channel order on another line.
  await importText(app, exportCsv([second, sale]).replace(/(24\.00)(?![\s\S]*24\.00)/, '25.00'));
  expect((await listOf(app)).text).toContain('Nothing waits for a decision.');
});

test('a refund cannot be requested here: the command, the card and the store API say where it is made', async () => {
  await using app = await openAppFixture();
  await addProduct(app, samplePack.words);
  const sale = sell(app);
  const order = await awaitSale(app, sale.id, ({ status }) => status === 'paid');
  const card = await app.ask(`/order ${order.number}`);
  expect(buttonsOf(card)).not.toContain('Refund');
  expect(card.text).toContain('Refunds are made at Payhip, and noted here');
  const told = await app.ask(`/refund ${order.number}`);
  expect(told.text).toBe(`${order.number}: ${atPayhip}`);
  expect((await app.ask(`/refund ${order.number} 5.00`)).text).toBe(`${order.number}: ${atPayhip}`);
  const headers = { 'content-type': 'application/json' };
  const asked = { method: 'POST', headers, body: JSON.stringify({ reason: 'Asked for' }) };
  const answer = await app.send(`/v1/orders/${order.id}/refunds`, asked);
  expect(answer.status).toBe(422);
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'provider_cannot', detail: atPayhip });

  sellerAt(app).refund(sale.id, 1_000);
  await awaitSale(app, sale.id, ({ status }) => status === 'partially_refunded');
  expect((await app.ask(`/refund ${order.number}`)).text).toBe(`${order.number}: ${atPayhip}`);
  sellerAt(app).refund(sale.id, 2_400);
  await awaitSale(app, sale.id, ({ status }) => status === 'refunded');
  expect((await app.ask(`/refund ${order.number}`)).text).toContain('everything received is refunded');
});
