// Keys and addresses that change at Payhip and not here, or the other way round.
import { expect, test } from 'vitest';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import {
  addProduct,
  awaitSale,
  ordersOf,
  samplePack,
  sellerAt,
  textNow,
} from '#test/support/app-fixture/payhip-seller.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const kim = 'kim@customer.example';

test('a channel order that was refused under the old API key is recovered at the start with the new one, once', async () => {
  await using app = await openAppFixture({ env: { PAYHIP_API_KEY: 'the-key-of-yesterday' } });
  await addProduct(app, samplePack.words);
  const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
  const card = await app.awaitCard(({ text }) => text.includes('bad signature'));
  await awaitUntil(() => /1 of them may be real/.test(app.pagerText(card.messageId)), { what: 'the kept event' });
  expect((await app.tap(card, 'Check quarantine')).text).toContain("none verifies with today's secrets");
  expect(await ordersOf(app, sale.id)).toEqual([]);
  await app.close();
  const { environment, sandbox } = app;
  environment['PAYHIP_API_KEY'] = `${sandbox.environment['PAYHIP_API_KEY']},the-key-of-yesterday`;
  await app.open();
  await awaitSale(app, sale.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.pagerText(card.messageId).includes('1 event recovered'), { what: 'the resolved card' });
  sellerAt(app).tellOf(sale);
  await sandbox.settle();
  await app.awaitQuiet();
  expect(await ordersOf(app, sale.id)).toHaveLength(1);
});

test('what came to a wrong address is not taken in later, however well it is signed', async () => {
  await using app = await openAppFixture();
  const good = app.sandbox.environment['PAYHIP_WEBHOOK_PATH_SECRET'];
  app.sandbox.setWebhookUrl('payhip', `${app.url}/webhooks/payhip/old-address`);
  const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
  const card = await app.awaitCard(({ text }) => text.includes('address wrong'));
  expect(card.text).toContain('compare with an export');
  app.environment['PAYHIP_WEBHOOK_PATH_SECRET'] = `${good},old-address`;
  await app.restart();
  await app.awaitQuiet();
  expect(await ordersOf(app, sale.id)).toEqual([]);
});

test('the stored events of a channel order verify again when they are replayed, and make no second order', async () => {
  await using app = await openAppFixture();
  await addProduct(app, samplePack.words);
  const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
  await awaitSale(app, sale.id, ({ status }) => status === 'paid');
  const dry = await app.ask('/replay payhip 1h now');
  await awaitUntil(() => textNow(app, dry).includes('nothing was changed'), { what: 'the end of the dry run' });
  expect(textNow(app, dry)).toContain('1 event about 1 payment');
  expect(textNow(app, dry)).not.toContain('not accepted');
  expect(await ordersOf(app, sale.id)).toHaveLength(1);
});
