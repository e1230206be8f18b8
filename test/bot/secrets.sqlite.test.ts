// A secret that an admin types where none was asked for: it goes from the chat, and is neither kept nor repeated.
import { expect, test } from 'vitest';
import { saveProduct } from '#catalog/save-product.ts';
import { systemActor } from '#kernel/actor.ts';
import { minute } from '#kernel/clock.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import { chat, openChat, paid, say, tap } from './support/chat.ts';
import { adminToken, type BotShop } from './support/shop.ts';

const productSecret = 'prod_sk_4YbGmaBCeP7qZ';
const waitsOn = 'I am still waiting for your answer';

async function paidOrder(shop: BotShop): Promise<string> {
  const { number } = await shop.order();
  shop.provider.shows(paid);
  shop.deps.clock.advance(minute);
  await pollPayments(shop.deps, { limit: 10 });
  return number;
}

/** Neither in the chat, nor with what waits, nor in the trail, nor in the log. */
async function expectNowhere(shop: BotShop, secret: string): Promise<void> {
  const { clock, database, log } = shop.deps;
  const [waiting, audit] = await database.read((stores) =>
    Promise.all([
      stores.pendingActions.listWaiting({ now: clock.now(), limit: 100 }),
      stores.audit.listAudit({ subject: null, limit: 100 }),
    ]),
  );
  for (const place of [chat(shop), waiting, audit, log]) expect(JSON.stringify(place)).not.toContain(secret);
}

test.each([productSecret, adminToken])('as a reason: %s', async (secret) => {
  await using shop = await openChat();
  const question = await say(shop, `/refund ${await paidOrder(shop)}`);
  await tap(shop, question, 'Write a reason');
  const answer = await say(shop, `it is ${secret}!`);
  expect(answer.text).toContain('had a secret key, token or password in it. I deleted your message; nothing was kept.');
  expect(answer.text).toContain(waitsOn);
  await expectNowhere(shop, secret);
  expect((await say(shop, 'She paid twice')).text).toContain('Reason: She paid twice');
});

test('as the amount of a limit', async () => {
  await using shop = await openChat();
  await tap(shop, await say(shop, '/settings'), 'Another currency');
  expect((await say(shop, productSecret)).text).toContain(waitsOn);
  await expectNowhere(shop, productSecret);
});

test.each([`/pay 5.00 USD for ${productSecret}`, `/find ${productSecret}`, `/order ${productSecret}`])(
  'with a command: %s',
  async (text) => {
    await using shop = await openChat();
    expect((await say(shop, text)).text).toContain('Send the command without it.');
    await expectNowhere(shop, productSecret);
  },
);

test('when nothing is asked, or no more', async () => {
  await using shop = await openChat();
  expect((await say(shop, productSecret)).text).toContain('I was not waiting for one.');
  await expectNowhere(shop, productSecret);
});

test('where it may not be deleted, the admin is asked to', async () => {
  await using shop = await openChat();
  const refusal = { code: 400, description: "Bad Request: message can't be deleted" };
  shop.telegram.failNext({ bot: 'till_bot', method: 'deleteMessage', times: 1, kind: 'refuse', refusal });
  expect((await say(shop, productSecret)).text).toContain('I could not delete your message: please delete it yourself');
});

test('where it is asked for, it is taken', async () => {
  await using shop = await openChat();
  const draft = { sku: 'ebook', name: 'E-book', amountMinor: 4900, currency: 'USD' };
  const sold = { ...draft, channel: 'payhip', channelKey: 'K1' } as const;
  await saveProduct(shop.deps, { draft: sold, expectedVersion: null, actor: systemActor });
  await tap(shop, await say(shop, '/products ebook'), 'Set license secret');
  expect((await say(shop, productSecret)).text).toContain('License secret: set');
  await expectNowhere(shop, productSecret);
});
