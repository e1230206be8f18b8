// What an export of Payhip finds and cannot heal, and refunds of its sales: nobody there can be asked, and that is said.
import { expect, test } from 'vitest';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import type { PayhipSale } from '#sandbox/providers/payhip/sale.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { current, press } from '#test/support/house-exceptions.ts';
import { addProduct, awaitSale, dropFile, samplePack, sellerAt } from '#test/support/payhip.ts';

const kim = 'kim@customer.example';
const atPayhip = 'A refund is made at Payhip itself, and noted here when its webhook comes.';

const sell = (house: House): PayhipSale => sellerAt(house).buy({ productKey: samplePack.key, email: kim });
const listOf = (house: House) => house.ask('/exceptions', ({ text }) => text.startsWith('Exceptions'));

async function importText(house: House, text: string): Promise<void> {
  const plan = await dropFile(house, { name: 'sales.csv', text });
  await house.tap(plan, buttonsOf(plan)[0] ?? '');
}

test('an amount that differs offers nothing that Payhip would have to be asked for, and stays settled in the next export', async () => {
  await using house = await openHouse();
  await addProduct(house, samplePack.words);
  const sale = sell(house);
  await awaitSale(house, sale.id, ({ status }) => status === 'paid');
  await importText(house, exportCsv([sale]).replace(/24\.00/, '25.00'));
  const list = await listOf(house);
  await press(house, list, '1');
  const card = current(house, list);
  expect(card.text).toContain('There: 25.00 USD');
  expect(card.text).toContain('Here: paid, 24.00 USD');
  const buttons = buttonsOf(card);
  expect(buttons).toContain('Our books are right');
  expect(buttons).not.toContain('Check again');
  expect(buttons).not.toContain('Take their word');
  await press(house, card, 'Our books are right', 'Known and harmless');
  expect((await listOf(house)).text).toContain('Nothing waits for a decision.');

  const second = sell(house);
  await awaitSale(house, second.id, ({ status }) => status === 'paid');
  // The same sale at another line.
  await importText(house, exportCsv([second, sale]).replace(/(24\.00)(?![\s\S]*24\.00)/, '25.00'));
  expect((await listOf(house)).text).toContain('Nothing waits for a decision.');
});

test('a refund is asked for nowhere: the command, the card and the shop’s site are told where it is made', async () => {
  await using house = await openHouse();
  await addProduct(house, samplePack.words);
  const sale = sell(house);
  const order = await awaitSale(house, sale.id, ({ status }) => status === 'paid');
  const card = await house.ask(`/order ${order.number}`);
  expect(buttonsOf(card)).not.toContain('Refund');
  expect(card.text).toContain('Refunds are made at Payhip, and noted here');
  const told = await house.ask(`/refund ${order.number}`);
  expect(told.text).toBe(`${order.number}: ${atPayhip}`);
  expect((await house.ask(`/refund ${order.number} 5.00`)).text).toBe(`${order.number}: ${atPayhip}`);
  const headers = { 'content-type': 'application/json' };
  const asked = { method: 'POST', headers, body: JSON.stringify({ reason: 'Asked for' }) };
  const answer = await house.send(`/v1/orders/${order.id}/refunds`, asked);
  expect(answer.status).toBe(422);
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'provider_cannot', detail: atPayhip });

  sellerAt(house).refund(sale.id, 1_000);
  await awaitSale(house, sale.id, ({ status }) => status === 'partially_refunded');
  expect((await house.ask(`/refund ${order.number}`)).text).toBe(`${order.number}: ${atPayhip}`);
  sellerAt(house).refund(sale.id, 2_400);
  await awaitSale(house, sale.id, ({ status }) => status === 'refunded');
  expect((await house.ask(`/refund ${order.number}`)).text).toContain('everything that came went back');
});
