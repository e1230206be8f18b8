// Events of Payhip are the only evidence: a replay records what was never recorded, and changes nothing else.
import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import {
  addProduct,
  awaitSale,
  licensed,
  ordersOf,
  samplePack,
  secretOf,
  sellerAt,
  setSecret,
} from '#test/support/app-fixture/payhip-seller.ts';
import { adminBot, owner } from '#test/support/app-fixture/world.ts';
import { awaitFound, awaitUntil } from '#test/support/time/await-until.ts';

const kim = 'kim@customer.example';

/** The message as it is now, as soon as it says this. */
function awaitText(app: AppFixture, messageId: number, words: string): Promise<SandboxMessage> {
  const find = () =>
    app.telegram.messages({ bot: adminBot, chatId: owner.id }).find((message) => message.messageId === messageId);
  return awaitFound(() => (find()?.text.includes(words) ? find() : undefined), {
    what: words,
    instead: () => find()?.text,
  });
}

async function dryRun(app: AppFixture, words: string): Promise<SandboxMessage> {
  const { messageId } = await app.ask(`/replay ${words}`);
  return awaitText(app, messageId, 'nothing was changed');
}

test('an event that hangs before it is recorded is recorded by a replay, once', async () => {
  await using app = await openAppFixture();
  await addProduct(app, licensed.words);
  await setSecret(app, 'FIELDNOTES', secretOf(app, licensed.key));
  app.sandbox.faults('payhip').failNext('timeout_before');
  const sale = sellerAt(app).buy({ productKey: licensed.key, email: kim });
  // The license is asked about, and no answer comes.
  await awaitUntil(() => app.sandbox.callLog('payhip').some(({ path }) => path.includes('/license/verify')), {
    what: 'the question about the license',
  });
  expect(await ordersOf(app, sale.id)).toEqual([]);
  const dry = await dryRun(app, 'payhip 1h now');
  expect(dry.text).toContain('1 event about 1 payment');
  expect(dry.text).toContain('1 would be booked, 0 unchanged');
  expect(dry.text).toContain(`sale ${sale.id} of 89.00 USD would be booked as paid, if its license is good`);
  expect(await ordersOf(app, sale.id)).toEqual([]);

  expect((await app.tap(dry, 'Replay for real')).text).toBe('Started.');
  const done = await awaitText(app, dry.messageId, 'Replayed');
  const order = await awaitSale(app, sale.id, ({ status }) => status === 'paid');
  expect(done.text).toContain(`booked as ${order.number} paid`);
  await app.restart();
  app.clock.move(hour);
  await app.awaitQuiet();
  expect(await ordersOf(app, sale.id)).toHaveLength(1);
  const again = await dryRun(app, 'payhip 3h now');
  expect(again.text).toContain('0 would move, 1 unchanged');
  expect(buttonsOf(again)).toEqual([]);
});

test('a channel order that was held because of the catalogue stays held after the product was added', async () => {
  await using app = await openAppFixture();
  const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
  const held = await awaitSale(app, sale.id, ({ status }) => status === 'needs_attention');
  await addProduct(app, samplePack.words);
  const dry = await dryRun(app, 'payhip 1h now');
  expect(dry.text).toContain('0 would move, 0 unchanged, 1 stays held for you to decide');
  expect(buttonsOf(dry)).toEqual([]);
  expect(await app.getOrder(held.id)).toMatchObject({ status: 'needs_attention' });
});

test('a channel order and its refund are two events, and neither hides the other', async () => {
  await using app = await openAppFixture();
  await addProduct(app, samplePack.words);
  const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
  await awaitSale(app, sale.id, ({ status }) => status === 'paid');
  sellerAt(app).refund(sale.id, 1_000);
  await awaitSale(app, sale.id, ({ status }) => status === 'partially_refunded');
  const dry = await dryRun(app, 'payhip 1h now');
  expect(dry.text).toContain('2 events about 1 payment');
  expect(dry.text).toContain('0 would move, 2 unchanged');
});

test('an event that was recovered long after it was sent is not taken for too old', async () => {
  await using app = await openAppFixture({ env: { PAYHIP_API_KEY: 'the-key-of-yesterday' } });
  await addProduct(app, samplePack.words);
  const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
  await app.awaitCard(({ text }) => text.includes('bad signature'));
  await app.close();
  app.clock.move(9 * hour);
  app.environment['PAYHIP_API_KEY'] = app.sandbox.environment['PAYHIP_API_KEY'] ?? '';
  await app.open();
  await awaitSale(app, sale.id, ({ status }) => status === 'paid');
  app.clock.move(minute);
  const dry = await dryRun(app, 'payhip 1h now');
  expect(dry.text).toContain('0 would move, 1 unchanged');
  expect(dry.text).not.toContain('not accepted');
});
