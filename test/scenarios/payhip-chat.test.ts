import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import {
  addProduct,
  awaitSale,
  samplePack,
  secretOf,
  sellerAt,
  setSecret,
  textNow,
} from '#test/support/app-fixture/payhip-seller.ts';
import { adminBot, owner } from '#test/support/app-fixture/world.ts';

let app: AppFixture;
beforeAll(async () => {
  app = await openAppFixture();
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
});

describe('/settings', () => {
  test('shows the review threshold, and changes it after a typed amount and a confirmation', async () => {
    const card = await app.ask('/settings');
    expect(card.text).toContain('Hold Payhip sales above: 100.00 USD');
    await app.tap(card, 'Change USD');
    expect(textNow(app, card)).toContain('Write the new limit as your next message');
    const question = await app.ask('500.00');
    expect(question.text).toContain('Hold Payhip sales above 500.00 USD?');
    expect(question.text).toContain('It is 100.00 USD so far.');
    expect((await app.ask('/settings')).text).toContain('100.00 USD');
    expect((await app.tap(question, 'Yes, change it')).text).toBe('Changed.');
    expect(textNow(app, question)).toContain('Hold Payhip sales above: 500.00 USD');
  });

  test('takes a threshold for another currency', async () => {
    const card = await app.ask('/settings');
    await app.tap(card, 'Another currency');
    const question = await app.ask('80 eur');
    expect(question.text).toContain('All sales in EUR are held so far.');
    await app.tap(question, 'Yes, change it');
    expect(textNow(app, question)).toContain('80.00 EUR');
  });

  test.each([
    ['ten', 'is not an amount'],
    ['10.00 EUR', 'This limit is in USD'],
    ['10.001', 'more than 2 decimal places'],
    ['-5', 'is not an amount'],
  ])('%s is answered with what is wrong, and changes nothing', async (typed, answer) => {
    const card = await app.ask('/settings');
    await app.tap(card, 'Change USD');
    const words = await app.ask(typed);
    expect(words.text).toContain(answer);
    expect((await app.ask('/settings')).text).toContain('500.00 USD');
  });

  test('of two admins who change it at once asks one to check again', async () => {
    const ask = async (amount: string) => {
      await app.tap(await app.ask('/settings'), 'Change USD');
      return app.ask(amount);
    };
    const first = await ask('300');
    const second = await ask('400');
    await app.tap(first, 'Yes, change it');
    expect((await app.tap(second, 'Yes, change it')).text).toContain('Somebody changed it meanwhile');
    expect((await app.ask('/settings')).text).toContain('300.00 USD');
  });

  test('a channel order above the threshold is held for review, one at the threshold is not', async () => {
    await addProduct(app, 'STUDIO 450.00 USD payhip=StMx Studio Mixdown');
    const above = sellerAt(app).buy({ productKey: 'StMx', email: 'kim@customer.example' });
    const held = await awaitSale(app, above.id, ({ status }) => status === 'needs_attention');
    expect(held.attention).toContain('above the review threshold of 300.00 USD');
    await app.tap(await app.ask('/settings'), 'Change USD');
    await app.tap(await app.ask('450'), 'Yes, change it');
    const at = sellerAt(app).buy({ productKey: 'StMx', email: 'kim@customer.example' });
    await awaitSale(app, at.id, ({ status }) => status === 'paid');
    expect((await app.getOrder(held.id)).status).toBe('needs_attention');
  });
});

describe('/products', () => {
  test('adds a product after a second tap, lists it, changes it and takes it out again', async () => {
    const question = await app.ask('/products add GUIDE 9.00 USD payhip=GdFb Field Guide, second edition');
    expect(question.text).toContain('GUIDE Field Guide, second edition · 9.00 USD');
    expect((await app.ask('/products GUIDE')).text).toContain('There is no product GUIDE');
    expect((await app.tap(question, 'Yes, save it')).text).toBe('Added.');
    expect(textNow(app, question)).toContain('At Payhip: key GdFb');
    const list = await app.ask('/products');
    expect(list.text).toContain('GUIDE Field Guide, second edition · 9.00 USD · Payhip GdFb');

    const change = await app.ask('/products change guide 12.50 USD Field Guide');
    expect(change.text).toContain('So far: Field Guide, second edition · 9.00 USD');
    await app.tap(change, 'Yes, save it');
    expect(textNow(app, change)).toContain('12.50 USD');
    expect(textNow(app, change)).toContain('At Payhip: key GdFb');

    await app.tap(change, 'Remove');
    expect(textNow(app, change)).toContain('Take this product out of the catalogue?');
    expect((await app.tap(change, 'Yes, remove it')).text).toBe('GUIDE is out of the catalogue.');
    expect((await app.ask('/products GUIDE')).text).toContain('There is no product GUIDE');
  });

  test.each([
    ['/products add', 'A product has a SKU, a price and a name.'],
    ['/products add X 9 USD', 'A name has 1 to 100 characters.'],
    ['/products add X nine USD Name', 'is not an amount'],
    ['/products add X 9 QQQ Name', 'is not a currency code'],
    ['/products add -X 9 USD Name', 'A SKU has at most 40 letters'],
    ['/products add X 0 USD Name', 'more than nothing'],
    ['/products add X 9 USD payhip=a/b Name', 'it ends the product'],
    ['/products change NONE 9 USD Name', 'There is no product NONE: add it.'],
    ['/products add STUDIO 9 USD Name', 'STUDIO is there: change it.'],
  ])('%s is answered with what is wrong', async (words, answer) => {
    expect((await app.ask(words)).text).toContain(answer);
  });

  test('lets two products not share a key at Payhip', async () => {
    const question = await app.ask('/products add TWIN 9.00 USD payhip=StMx Twin');
    expect((await app.tap(question, 'Yes, save it')).text).toContain('STUDIO has the key StMx already');
  });

  test('takes the secret key from a message that it deletes, and says of it only that it is set', async () => {
    await addProduct(app, 'FIELDNOTES 89.00 USD payhip=FnPr Fieldnotes Pro');
    const secret = secretOf(app, 'FnPr');
    const card = await setSecret(app, 'FIELDNOTES', secret);
    expect(card.text).toContain('License secret: set');
    const all = app.telegram.messages({ bot: adminBot, chatId: owner.id });
    expect(all.some(({ text }) => text.includes(secret))).toBe(false);
    expect(app.logLines.join('')).not.toContain(secret);
    await app.tap(card, 'Forget secret');
    expect(textNow(app, card)).toContain('Its licenses are no longer checked');
    await app.tap(card, 'Yes, forget it');
    expect(textNow(app, card)).toContain('License secret: not set');
  });

  test('says so when it may not delete the message with the secret', async () => {
    const card = await app.ask('/products FIELDNOTES');
    await app.tap(card, 'Set license secret');
    app.telegram.failNext({ method: 'deleteMessage', kind: 'error_500', times: 5 });
    const answer = await app.ask('some-secret-word', ({ text }) => text.includes('FIELDNOTES'));
    app.telegram.clearFaults();
    expect(answer.text).toContain('please delete it yourself');
  });

  test('stops waiting for a secret after ten minutes', async () => {
    const card = await app.ask('/products FIELDNOTES');
    await app.tap(card, 'Replace secret');
    app.clock.move(11 * minute);
    expect((await app.ask('just a word')).text).toContain('I know commands only');
  });
});

describe('/coupons', () => {
  test('makes one after a second tap, lists it, and makes it once', async () => {
    await addProduct(app, samplePack.words);
    const question = await app.ask('/coupons new WINTER 20% NIGHTFALL');
    expect(question.text).toContain('WINTER · 20% off · Nightfall Sample Pack (NfPk)');
    expect(sellerAt(app).coupons.size).toBe(0);
    expect((await app.tap(question, 'Yes, make it')).text).toBe('WINTER is good now.');
    expect(textNow(app, question)).toContain('WINTER 20% off · NfPk · used 0');
    const twice = await app.ask('/coupons new winter 30%');
    expect((await app.tap(twice, 'Yes, make it')).text).toContain('was there already');
    expect([...sellerAt(app).coupons.values()]).toMatchObject([{ code: 'WINTER', percentOff: 20 }]);
  });

  test('makes one of an amount, for all products', async () => {
    const question = await app.ask('/coupons new FIVE 5.00');
    await app.tap(question, 'Yes, make it');
    expect([...sellerAt(app).coupons.values()]).toMatchObject([{}, { code: 'FIVE', centsOff: 500, type: 'multi' }]);
  });

  test('finds the coupon of a try whose answer was lost', async () => {
    const question = await app.ask('/coupons new LOST 10%');
    // Two pages are searched for the code; then the coupon is made, and the answer is lost.
    app.sandbox.faults('payhip').failNextCommand('reset_after');
    expect((await app.tap(question, 'Yes, make it')).text).toContain('It is not known whether the coupon was made');
    const again = await app.ask('/coupons new LOST 10%');
    expect((await app.tap(again, 'Yes, make it')).text).toContain('was there already');
    expect([...sellerAt(app).coupons.values()].filter(({ code }) => code === 'LOST')).toHaveLength(1);
  });

  test.each([
    ['/coupons new', 'neither a share nor an amount'],
    ['/coupons new A 20%', 'A code has 3 to 40'],
    ['/coupons new CODE 120%', 'A share is 1% to 100%.'],
    ['/coupons new CODE lots', 'neither a share nor an amount'],
    ['/coupons new CODE 20% no such product', 'is no product'],
    ['/coupons old', 'For example /coupons new'],
  ])('%s is answered with what is wrong', async (words, answer) => {
    expect((await app.ask(words)).text).toContain(answer);
  });

  test('says so when Payhip does not answer', async () => {
    app.clock.move(minute);
    app.sandbox.faults('payhip').set({ outage: true });
    expect((await app.ask('/coupons')).text).toContain('Payhip did not show its coupons');
    app.sandbox.faults('payhip').reset();
  });
});

test('the menu and the help name the new commands, and the audit trail who changed what', async () => {
  const help = await app.ask('/help');
  for (const command of ['/products', '/coupons', '/settings']) expect(help.text).toContain(command);
  const menu = app.telegram.commands({ bot: adminBot, userId: owner.id }).map(({ command }) => command);
  expect(menu).toEqual(expect.arrayContaining(['products', 'coupons', 'settings']));
  expect(buttonsOf(await app.ask('/products'))).toContain('STUDIO');
});
