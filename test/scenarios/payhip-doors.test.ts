// Keys and addresses that change at Payhip and not here, or the other way round.
import { expect, test } from 'vitest';
import { openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';
import { addProduct, awaitSale, ordersOf, samplePack, sellerAt, textNow } from '#test/support/payhip.ts';

const kim = 'kim@customer.example';

test('a sale that was refused under the old API key is recovered at the start with the new one, once', async () => {
  await using house = await openHouse({ env: { PAYHIP_API_KEY: 'the-key-of-yesterday' } });
  await addProduct(house, samplePack.words);
  const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
  const card = await house.awaitCard(({ text }) => text.includes('bad signature'));
  await awaitTrue(() => /1 of them may be real/.test(house.pagerText(card.messageId)), { what: 'the kept event' });
  expect((await house.tap(card, 'Check quarantine')).text).toContain("none verifies with today's secrets");
  expect(await ordersOf(house, sale.id)).toEqual([]);
  await house.close();
  const { environment, sandbox } = house;
  environment['PAYHIP_API_KEY'] = `${sandbox.environment['PAYHIP_API_KEY']},the-key-of-yesterday`;
  await house.open();
  await awaitSale(house, sale.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.pagerText(card.messageId).includes('1 event recovered'), { what: 'the resolved card' });
  sellerAt(house).tellOf(sale);
  await sandbox.settle();
  await house.awaitQuiet();
  expect(await ordersOf(house, sale.id)).toHaveLength(1);
});

test('what came to a wrong address is not taken in later, however well it is signed', async () => {
  await using house = await openHouse();
  const good = house.sandbox.environment['PAYHIP_WEBHOOK_PATH_SECRET'];
  house.sandbox.setWebhookUrl('payhip', `${house.url}/webhooks/payhip/old-address`);
  const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
  const card = await house.awaitCard(({ text }) => text.includes('address wrong'));
  expect(card.text).toContain('compare with an export');
  house.environment['PAYHIP_WEBHOOK_PATH_SECRET'] = `${good},old-address`;
  await house.restart();
  await house.awaitQuiet();
  expect(await ordersOf(house, sale.id)).toEqual([]);
});

test('the stored events of a sale verify once more when they are replayed, and make no second order', async () => {
  await using house = await openHouse();
  await addProduct(house, samplePack.words);
  const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
  await awaitSale(house, sale.id, ({ status }) => status === 'paid');
  const dry = await house.ask('/replay payhip 1h now');
  await awaitTrue(() => textNow(house, dry).includes('nothing was changed'), { what: 'the end of the dry run' });
  expect(textNow(house, dry)).toContain('1 event about 1 payment');
  expect(textNow(house, dry)).not.toContain('not accepted');
  expect(await ordersOf(house, sale.id)).toHaveLength(1);
});
