// Events of Payhip are all the evidence there is: a replay books what was never booked, and changes nothing else.
import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { awaitFound, awaitTrue } from '#test/support/house-wait.ts';
import { adminBot, owner } from '#test/support/house-world.ts';
import {
  addProduct,
  awaitSale,
  licensed,
  ordersOf,
  samplePack,
  secretOf,
  sellerAt,
  setSecret,
} from '#test/support/payhip.ts';

const kim = 'kim@customer.example';

/** The message as it is now, as soon as it says this. */
function awaitText(house: House, messageId: number, words: string): Promise<SandboxMessage> {
  const find = () =>
    house.telegram.messages({ bot: adminBot, chatId: owner.id }).find((message) => message.messageId === messageId);
  return awaitFound(() => (find()?.text.includes(words) ? find() : undefined), {
    ...{ what: words, instead: () => find()?.text },
  });
}

async function dryRun(house: House, words: string): Promise<SandboxMessage> {
  const { messageId } = await house.ask(`/replay ${words}`);
  return awaitText(house, messageId, 'nothing was changed');
}

test('an event that hangs before it is booked is booked by a replay, once', async () => {
  await using house = await openHouse();
  await addProduct(house, licensed.words);
  await setSecret(house, 'FIELDNOTES', secretOf(house, licensed.key));
  house.sandbox.faults('payhip').failNext('timeout_before');
  const sale = sellerAt(house).buy({ productKey: licensed.key, email: kim });
  // The licence is asked about, and no answer comes.
  await awaitTrue(() => house.sandbox.callLog('payhip').some(({ path }) => path.includes('/license/verify')), {
    what: 'the question about the licence',
  });
  expect(await ordersOf(house, sale.id)).toEqual([]);
  const dry = await dryRun(house, 'payhip 1h now');
  expect(dry.text).toContain('1 event about 1 payment');
  expect(dry.text).toContain('1 would be booked, 0 unchanged');
  expect(dry.text).toContain(`sale ${sale.id} of 89.00 USD would be booked as paid, if its licence is good`);
  expect(await ordersOf(house, sale.id)).toEqual([]);

  expect((await house.tap(dry, 'Replay for real')).text).toBe('Started.');
  const done = await awaitText(house, dry.messageId, 'Replayed');
  const order = await awaitSale(house, sale.id, ({ status }) => status === 'paid');
  expect(done.text).toContain(`booked as ${order.number} paid`);
  await house.restart();
  house.clock.move(hour);
  await house.awaitQuiet();
  expect(await ordersOf(house, sale.id)).toHaveLength(1);
  const again = await dryRun(house, 'payhip 3h now');
  expect(again.text).toContain('0 would move, 1 unchanged');
  expect(buttonsOf(again)).toEqual([]);
});

test('a sale that was held for the catalogue stays held after the product was added', async () => {
  await using house = await openHouse();
  const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
  const held = await awaitSale(house, sale.id, ({ status }) => status === 'needs_attention');
  await addProduct(house, samplePack.words);
  const dry = await dryRun(house, 'payhip 1h now');
  expect(dry.text).toContain('0 would move, 0 unchanged, 1 stays held for you to decide');
  expect(buttonsOf(dry)).toEqual([]);
  expect(await house.getOrder(held.id)).toMatchObject({ status: 'needs_attention' });
});

test('a sale and the refund of it are two events, and neither hides the other', async () => {
  await using house = await openHouse();
  await addProduct(house, samplePack.words);
  const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
  await awaitSale(house, sale.id, ({ status }) => status === 'paid');
  sellerAt(house).refund(sale.id, 1_000);
  await awaitSale(house, sale.id, ({ status }) => status === 'partially_refunded');
  const dry = await dryRun(house, 'payhip 1h now');
  expect(dry.text).toContain('2 events about 1 payment');
  expect(dry.text).toContain('0 would move, 2 unchanged');
});

test('an event that was recovered long after it was sent is not taken for too old', async () => {
  await using house = await openHouse({ env: { PAYHIP_API_KEY: 'the-key-of-yesterday' } });
  await addProduct(house, samplePack.words);
  const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
  await house.awaitCard(({ text }) => text.includes('bad signature'));
  await house.close();
  house.clock.move(9 * hour);
  house.environment['PAYHIP_API_KEY'] = house.sandbox.environment['PAYHIP_API_KEY'] ?? '';
  await house.open();
  await awaitSale(house, sale.id, ({ status }) => status === 'paid');
  house.clock.move(minute);
  const dry = await dryRun(house, 'payhip 1h now');
  expect(dry.text).toContain('0 would move, 1 unchanged');
  expect(dry.text).not.toContain('not accepted');
});
