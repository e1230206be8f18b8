import { describe, expect, test } from 'vitest';
import { day, hour } from '#kernel/clock.ts';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import type { PayhipSale } from '#sandbox/providers/payhip/sale.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import {
  addProduct,
  awaitSale,
  dropFile,
  ordersOf,
  samplePack,
  sellerAt,
  textNow,
} from '#test/support/app-fixture/payhip-seller.ts';
import { adminBot, owner } from '#test/support/app-fixture/world.ts';

const kim = 'kim@customer.example';

/** A channel order of so many hours ago; a lost one has no webhook. */
function sell(app: AppFixture, about: { isLost?: boolean } = {}): PayhipSale {
  return sellerAt(app).buy({ productKey: samplePack.key, email: kim, isUntold: about.isLost });
}

/** The file that the bot sent back. */
async function reportOf(app: AppFixture): Promise<string> {
  const { document } = await app.telegram.awaitMessage(
    (message) => message.bot === adminBot && message.from.isBot && message.document !== undefined,
  );
  const answer = await fetch(`${app.telegram.url}/page/files/${document?.fileId}`);
  // Not as text: that would remove the byte order mark.
  return Buffer.from(await answer.arrayBuffer()).toString('utf8');
}

const exported = (app: AppFixture): string => exportCsv(sellerAt(app).sales.values());

describe('the CSV export of Payhip, dropped into the chat', () => {
  test('is first a dry run that changes nothing, then records lost channel orders and refunds, and is stored as a reconciliation', async () => {
    await using app = await openAppFixture();
    await addProduct(app, samplePack.words);
    const told = sell(app);
    await awaitSale(app, told.id, ({ status }) => status === 'paid');
    const lost = sell(app, { isLost: true });
    app.sandbox.faults('payhip').set({ dropWebhooks: 1 });
    sellerAt(app).refund(told.id, 1_000);
    const lostAndRefunded = sell(app, { isLost: true });
    sellerAt(app).refund(lostAndRefunded.id, 2_400);
    app.clock.move(hour);

    const plan = await dropFile(app, { name: 'payhip-sales.csv', text: exported(app) });
    expect(plan.text).toContain('Dry run: nothing is changed yet');
    expect(plan.text).toContain('3 sales compared: 0 match, 3 differences');
    expect(plan.text).toContain('Would add 2 sales as held, book 1 refund.');
    expect(await ordersOf(app, lost.id)).toEqual([]);
    expect((await ordersOf(app, told.id))[0]?.status).toBe('paid');

    expect((await app.tap(plan, 'Do it')).text).toBe('Compared.');
    expect(textNow(app, plan)).toContain('3 sales: 0 match, 3 healed');
    const added = await awaitSale(app, lost.id);
    expect(added).toMatchObject({ status: 'needs_attention', amount: '24.00', customer: { email: kim } });
    expect(added.attention).toContain("Payhip's export has it, and no webhook was received.");
    expect(added.payment).toMatchObject({ status: 'paid', trust: 'token' });
    expect(await awaitSale(app, lostAndRefunded.id)).toMatchObject({ status: 'refunded', refunded_amount: '24.00' });
    expect(await awaitSale(app, told.id)).toMatchObject({ status: 'partially_refunded', refunded_amount: '10.00' });
    const report = await reportOf(app);
    expect(report.startsWith('\uFEFFresult,finding,transaction,line,email,here,there')).toBe(true);
    expect(report.split('\n').filter((line) => line.startsWith('healed'))).toHaveLength(3);

    const again = await dropFile(app, { name: 'payhip-sales.csv', text: exported(app) });
    expect(again.text).toContain('3 sales compared: 3 match, 0 differences');
    expect(buttonsOf(again)).toEqual(['Keep the result', 'Leave it']);
    await app.tap(again, 'Leave it');
    expect(textNow(app, again)).toContain('Dry run');
  });

  test('shows what is missing there and what differs, leaves it to an admin, and raises an alert', async () => {
    await using app = await openAppFixture();
    await addProduct(app, samplePack.words);
    const first = sell(app);
    await awaitSale(app, first.id);
    app.clock.move(2 * day);
    const middle = sell(app);
    await awaitSale(app, middle.id);
    app.clock.move(2 * day);
    const last = sell(app);
    await awaitSale(app, last.id);
    const text = exportCsv([first, last]).replace(/24\.00/, '25.00');
    const plan = await dropFile(app, { name: 'sales.csv', text });
    expect(plan.text).toContain('2 differences would stay open for you.');
    expect(plan.text).toContain(`missing there ${middle.id}`);
    expect(plan.text).toContain(`amount differs ${first.id}`);
    await app.tap(plan, 'Keep the result');
    const card = await app.awaitCard(({ text: words }) => words.includes("Our records and the provider's differ"));
    expect(card.text).toContain('2 differences are open');
    expect(card.text).toContain('under a shared secret');
    const untouched = await ordersOf(app, first.id);
    expect(untouched).toMatchObject([{ amount: '24.00', status: 'paid' }]);
  });

  test('loses nothing because of unreadable lines, and names them', async () => {
    await using app = await openAppFixture();
    const lost = sell(app, { isLost: true });
    const text = `${exported(app)}BROKEN,"never closed,1.00\nTotal,,,,,,lots,,\n`;
    const plan = await dropFile(app, { name: 'sales.csv', text });
    expect(plan.text).toContain('line 3: its quotes do not close');
    expect(plan.text).toContain('line 4: its amount is not readable');
    await app.tap(plan, 'Do it');
    await awaitSale(app, lost.id);
    expect(await reportOf(app)).toContain('unreadable');
  });

  test('brings no formula into the file that goes back', async () => {
    await using app = await openAppFixture();
    const text = 'Transaction ID,Email,Price,Currency\nAAA,=cmd@x.org,9.00,USD\n';
    await app.tap(await dropFile(app, { name: 'sales.csv', text }), 'Do it');
    const report = await reportOf(app);
    expect(report).toContain("'=cmd@x.org");
  });

  test.each([
    ['photo.png', 'x', 'a CSV file'],
    ['letter.csv', 'Dear Ada, how are you?\n', 'That is no sales export.'],
    ['sales.csv', `${'x'.repeat(5 * 1024 * 1024)}`, 'larger than 4 MB'],
  ])('%s is answered with what is wrong', async (name, text, answer) => {
    await using app = await openAppFixture();
    expect((await dropFile(app, { name, text })).text).toContain(answer);
  });

  test('is carried out once, by the admin who sent it, and not after its time', async () => {
    await using app = await openAppFixture();
    const lost = sell(app, { isLost: true });
    const plan = await dropFile(app, { name: 'sales.csv', text: exported(app) });
    const data = plan.keyboard.flat()[0]?.callback_data ?? '';
    const press = () => app.telegram.tapButton({ userId: owner.id, bot: adminBot, messageId: plan.messageId, data });
    await Promise.all([press(), press().catch(() => undefined)]);
    await awaitSale(app, lost.id);
    expect(await ordersOf(app, lost.id)).toHaveLength(1);
    const late = await dropFile(app, { name: 'sales.csv', text: exported(app) });
    app.clock.move(hour);
    expect((await app.tap(late, 'Keep the result')).text).toContain('out of date');
  });

  test('is not read when Payhip is off', async () => {
    await using app = await openAppFixture({
      env: { PAYHIP_API_KEY: '', PAYHIP_WEBHOOK_PATH_SECRET: '', PAYHIP_API_URL: '' },
    });
    expect((await dropFile(app, { name: 'sales.csv', text: 'x' })).text).toContain('none is set up');
  });
});
