import { describe, expect, test } from 'vitest';
import { day, hour } from '#kernel/clock.ts';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import type { PayhipSale } from '#sandbox/providers/payhip/sale.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { adminBot, owner } from '#test/support/house-world.ts';
import { addProduct, awaitSale, dropFile, ordersOf, samplePack, sellerAt, textNow } from '#test/support/payhip.ts';

const kim = 'kim@customer.example';

/** A sale of so many hours ago; lost ones are never told of. */
function sell(house: House, about: { isLost?: boolean } = {}): PayhipSale {
  return sellerAt(house).buy({ productKey: samplePack.key, email: kim, isUntold: about.isLost });
}

/** The file that the bot sent back. */
async function reportOf(house: House): Promise<string> {
  const { document } = await house.telegram.awaitMessage(
    (message) => message.bot === adminBot && message.from.isBot && message.document !== undefined,
  );
  const answer = await fetch(`${house.telegram.url}/page/files/${document?.fileId}`);
  // Not as text: that would take the mark in front away.
  return Buffer.from(await answer.arrayBuffer()).toString('utf8');
}

const exported = (house: House): string => exportCsv(sellerAt(house).sales.values());

describe('the CSV export of Payhip, dropped into the chat', () => {
  test('is first a dry run that changes nothing, then heals lost sales and lost refunds, and is kept as a reconciliation', async () => {
    await using house = await openHouse();
    await addProduct(house, samplePack.words);
    const told = sell(house);
    await awaitSale(house, told.id, ({ status }) => status === 'paid');
    const lost = sell(house, { isLost: true });
    house.sandbox.faults('payhip').set({ dropWebhooks: 1 });
    sellerAt(house).refund(told.id, 1_000);
    const lostAndRefunded = sell(house, { isLost: true });
    sellerAt(house).refund(lostAndRefunded.id, 2_400);
    house.clock.move(hour);

    const plan = await dropFile(house, { name: 'payhip-sales.csv', text: exported(house) });
    expect(plan.text).toContain('Dry run: nothing is changed yet');
    expect(plan.text).toContain('3 sales compared: 0 match, 3 differences');
    expect(plan.text).toContain('Would add 2 sales as held, book 1 refund.');
    expect(await ordersOf(house, lost.id)).toEqual([]);
    expect((await ordersOf(house, told.id))[0]?.status).toBe('paid');

    expect((await house.tap(plan, 'Do it')).text).toBe('Compared.');
    expect(textNow(house, plan)).toContain('3 sales: 0 match, 3 healed');
    const added = await awaitSale(house, lost.id);
    expect(added).toMatchObject({ status: 'needs_attention', amount: '24.00', customer: { email: kim } });
    expect(added.attention).toContain("Payhip's export tells of it, and no webhook did.");
    expect(added.payment).toMatchObject({ status: 'paid', trust: 'token' });
    expect(await awaitSale(house, lostAndRefunded.id)).toMatchObject({ status: 'refunded', refunded_amount: '24.00' });
    expect(await awaitSale(house, told.id)).toMatchObject({ status: 'partially_refunded', refunded_amount: '10.00' });
    const report = await reportOf(house);
    expect(report.startsWith('\uFEFFresult,finding,transaction,line,email,here,there')).toBe(true);
    expect(report.split('\n').filter((line) => line.startsWith('healed'))).toHaveLength(3);

    const again = await dropFile(house, { name: 'payhip-sales.csv', text: exported(house) });
    expect(again.text).toContain('3 sales compared: 3 match, 0 differences');
    expect(buttonsOf(again)).toEqual(['Keep the result', 'Leave it']);
    await house.tap(again, 'Leave it');
    expect(textNow(house, again)).toContain('Dry run');
  });

  test('shows what is missing there and what differs, leaves it to a person, and rings', async () => {
    await using house = await openHouse();
    await addProduct(house, samplePack.words);
    const first = sell(house);
    await awaitSale(house, first.id);
    house.clock.move(2 * day);
    const middle = sell(house);
    await awaitSale(house, middle.id);
    house.clock.move(2 * day);
    const last = sell(house);
    await awaitSale(house, last.id);
    const text = exportCsv([first, last]).replace(/24\.00/, '25.00');
    const plan = await dropFile(house, { name: 'sales.csv', text });
    expect(plan.text).toContain('2 differences would stay open for you.');
    expect(plan.text).toContain(`missing there ${middle.id}`);
    expect(plan.text).toContain(`amount differs ${first.id}`);
    await house.tap(plan, 'Keep the result');
    const card = await house.awaitCard(({ text: words }) => words.includes('Our books and the provider differ'));
    expect(card.text).toContain('2 differences are open');
    expect(card.text).toContain('token');
    const untouched = await ordersOf(house, first.id);
    expect(untouched).toMatchObject([{ amount: '24.00', status: 'paid' }]);
  });

  test('loses nothing for the lines that nobody can read, and names them', async () => {
    await using house = await openHouse();
    const lost = sell(house, { isLost: true });
    const text = `${exported(house)}BROKEN,"never closed,1.00\nTotal,,,,,,lots,,\n`;
    const plan = await dropFile(house, { name: 'sales.csv', text });
    expect(plan.text).toContain('line 3: its quotes do not close');
    expect(plan.text).toContain('line 4: its amount is not readable');
    await house.tap(plan, 'Do it');
    await awaitSale(house, lost.id);
    expect(await reportOf(house)).toContain('unreadable');
  });

  test('brings no formula into the file that goes back', async () => {
    await using house = await openHouse();
    const text = 'Transaction ID,Email,Price,Currency\nAAA,=cmd@x.org,9.00,USD\n';
    await house.tap(await dropFile(house, { name: 'sales.csv', text }), 'Do it');
    const report = await reportOf(house);
    expect(report).toContain("'=cmd@x.org");
  });

  test.each([
    ['photo.png', 'x', 'a CSV file'],
    ['letter.csv', 'Dear Ada, how are you?\n', 'That is no sales export.'],
    ['sales.csv', `${'x'.repeat(5 * 1024 * 1024)}`, 'larger than 4 MB'],
  ])('%s is answered with what is wrong', async (name, text, answer) => {
    await using house = await openHouse();
    expect((await dropFile(house, { name, text })).text).toContain(answer);
  });

  test('is carried out once, by the admin who sent it, and not after its time', async () => {
    await using house = await openHouse();
    const lost = sell(house, { isLost: true });
    const plan = await dropFile(house, { name: 'sales.csv', text: exported(house) });
    const data = plan.keyboard.flat()[0]?.callback_data ?? '';
    const press = () => house.telegram.tapButton({ userId: owner.id, bot: adminBot, messageId: plan.messageId, data });
    await Promise.all([press(), press().catch(() => undefined)]);
    await awaitSale(house, lost.id);
    expect(await ordersOf(house, lost.id)).toHaveLength(1);
    const late = await dropFile(house, { name: 'sales.csv', text: exported(house) });
    house.clock.move(hour);
    expect((await house.tap(late, 'Keep the result')).text).toContain('out of date');
  });

  test('is not read when Payhip is off', async () => {
    await using house = await openHouse({
      env: { PAYHIP_API_KEY: '', PAYHIP_WEBHOOK_PATH_SECRET: '', PAYHIP_API_URL: '' },
    });
    expect((await dropFile(house, { name: 'sales.csv', text: 'x' })).text).toContain('none is set up');
  });
});
