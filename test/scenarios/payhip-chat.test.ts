import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';
import { adminBot, owner } from '#test/support/house-world.ts';
import { addProduct, awaitSale, samplePack, secretOf, sellerAt, setSecret, textNow } from '#test/support/payhip.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

describe('/settings', () => {
  test('shows the hold limit, and changes it after a typed amount and a second tap', async () => {
    const card = await house.ask('/settings');
    expect(card.text).toContain('Hold Payhip sales above: 100.00 USD');
    await house.tap(card, 'Change USD');
    expect(textNow(house, card)).toContain('Write the new limit as your next message');
    const question = await house.ask('500.00');
    expect(question.text).toContain('Hold Payhip sales above 500.00 USD?');
    expect(question.text).toContain('It is 100.00 USD so far.');
    expect((await house.ask('/settings')).text).toContain('100.00 USD');
    expect((await house.tap(question, 'Yes, change it')).text).toBe('Changed.');
    expect(textNow(house, question)).toContain('Hold Payhip sales above: 500.00 USD');
  });

  test('takes a limit for another currency', async () => {
    const card = await house.ask('/settings');
    await house.tap(card, 'Another currency');
    const question = await house.ask('80 eur');
    expect(question.text).toContain('All sales in EUR are held so far.');
    await house.tap(question, 'Yes, change it');
    expect(textNow(house, question)).toContain('80.00 EUR');
  });

  test.each([
    ['ten', 'is not an amount'],
    ['10.00 EUR', 'This limit is in USD'],
    ['10.001', 'more than 2 decimal places'],
    ['-5', 'is not an amount'],
  ])('%s is answered with what is wrong, and changes nothing', async (typed, answer) => {
    const card = await house.ask('/settings');
    await house.tap(card, 'Change USD');
    const words = await house.ask(typed);
    expect(words.text).toContain(answer);
    expect((await house.ask('/settings')).text).toContain('500.00 USD');
  });

  test('of two admins who change it at once lets one look again', async () => {
    const ask = async (amount: string) => {
      await house.tap(await house.ask('/settings'), 'Change USD');
      return house.ask(amount);
    };
    const first = await ask('300');
    const second = await ask('400');
    await house.tap(first, 'Yes, change it');
    expect((await house.tap(second, 'Yes, change it')).text).toContain('Somebody changed it meanwhile');
    expect((await house.ask('/settings')).text).toContain('300.00 USD');
  });

  test('a sale above the limit is held, one at the limit is not', async () => {
    await addProduct(house, 'STUDIO 450.00 USD payhip=StMx Studio Mixdown');
    const above = sellerAt(house).buy({ productKey: 'StMx', email: 'kim@customer.example' });
    const held = await awaitSale(house, above.id, ({ status }) => status === 'needs_attention');
    expect(held.attention).toContain('above the hold limit of 300.00 USD');
    await house.tap(await house.ask('/settings'), 'Change USD');
    await house.tap(await house.ask('450'), 'Yes, change it');
    const at = sellerAt(house).buy({ productKey: 'StMx', email: 'kim@customer.example' });
    await awaitSale(house, at.id, ({ status }) => status === 'paid');
    expect((await house.getOrder(held.id)).status).toBe('needs_attention');
  });
});

describe('/products', () => {
  test('adds a product after a second tap, lists it, changes it and takes it out again', async () => {
    const question = await house.ask('/products add GUIDE 9.00 USD payhip=GdFb Field Guide, second edition');
    expect(question.text).toContain('GUIDE Field Guide, second edition · 9.00 USD');
    expect((await house.ask('/products GUIDE')).text).toContain('There is no product GUIDE');
    expect((await house.tap(question, 'Yes, save it')).text).toBe('Added.');
    expect(textNow(house, question)).toContain('At Payhip: key GdFb');
    const list = await house.ask('/products');
    expect(list.text).toContain('GUIDE Field Guide, second edition · 9.00 USD · Payhip GdFb');

    const change = await house.ask('/products change guide 12.50 USD Field Guide');
    expect(change.text).toContain('So far: Field Guide, second edition · 9.00 USD');
    await house.tap(change, 'Yes, save it');
    expect(textNow(house, change)).toContain('12.50 USD');
    expect(textNow(house, change)).toContain('At Payhip: key GdFb');

    await house.tap(change, 'Remove');
    expect(textNow(house, change)).toContain('Take this product out of the catalogue?');
    expect((await house.tap(change, 'Yes, remove it')).text).toBe('GUIDE is out of the catalogue.');
    expect((await house.ask('/products GUIDE')).text).toContain('There is no product GUIDE');
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
    expect((await house.ask(words)).text).toContain(answer);
  });

  test('lets two products not share a key at Payhip', async () => {
    const question = await house.ask('/products add TWIN 9.00 USD payhip=StMx Twin');
    expect((await house.tap(question, 'Yes, save it')).text).toContain('STUDIO has the key StMx already');
  });

  test('takes the secret key from a message that it deletes, and says of it only that it is set', async () => {
    await addProduct(house, 'FIELDNOTES 89.00 USD payhip=FnPr Fieldnotes Pro');
    const secret = secretOf(house, 'FnPr');
    const card = await setSecret(house, 'FIELDNOTES', secret);
    expect(card.text).toContain('Licence secret: set');
    const all = house.telegram.messages({ bot: adminBot, chatId: owner.id });
    expect(all.some(({ text }) => text.includes(secret))).toBe(false);
    expect(house.logLines.join('')).not.toContain(secret);
    await house.tap(card, 'Forget secret');
    expect(textNow(house, card)).toContain('Its licences are no longer checked');
    await house.tap(card, 'Yes, forget it');
    expect(textNow(house, card)).toContain('Licence secret: not set');
  });

  test('says so when it may not delete the message with the secret', async () => {
    const card = await house.ask('/products FIELDNOTES');
    await house.tap(card, 'Set licence secret');
    house.telegram.failNext({ method: 'deleteMessage', kind: 'error_500', times: 5 });
    const answer = await house.ask('some-secret-word', ({ text }) => text.includes('FIELDNOTES'));
    house.telegram.clearFaults();
    expect(answer.text).toContain('please delete it yourself');
  });

  test('forgets that a secret was waited for after ten minutes', async () => {
    const card = await house.ask('/products FIELDNOTES');
    await house.tap(card, 'Replace secret');
    house.clock.move(11 * minute);
    expect((await house.ask('just a word')).text).toContain('I know commands only');
  });
});

describe('/coupons', () => {
  test('makes one after a second tap, lists it, and makes it once', async () => {
    await addProduct(house, samplePack.words);
    const question = await house.ask('/coupons new WINTER 20% NIGHTFALL');
    expect(question.text).toContain('WINTER · 20% off · Nightfall Sample Pack (NfPk)');
    expect(sellerAt(house).coupons.size).toBe(0);
    expect((await house.tap(question, 'Yes, make it')).text).toBe('WINTER is good now.');
    expect(textNow(house, question)).toContain('WINTER 20% off · NfPk · used 0');
    const twice = await house.ask('/coupons new winter 30%');
    expect((await house.tap(twice, 'Yes, make it')).text).toContain('was there already');
    expect([...sellerAt(house).coupons.values()]).toMatchObject([{ code: 'WINTER', percentOff: 20 }]);
  });

  test('makes one of an amount, for all products', async () => {
    const question = await house.ask('/coupons new FIVE 5.00');
    await house.tap(question, 'Yes, make it');
    expect([...sellerAt(house).coupons.values()]).toMatchObject([{}, { code: 'FIVE', centsOff: 500, type: 'multi' }]);
  });

  test('finds the coupon of a try whose answer was lost', async () => {
    const question = await house.ask('/coupons new LOST 10%');
    const { sandbox } = house;
    const before = sandbox.callLog('payhip').length;
    const tapped = house.tap(question, 'Yes, make it');
    // Two pages are looked through for the code, a second apart; the answer that comes a second later is lost.
    await awaitTrue(() => sandbox.callLog('payhip').length === before + 2, { what: 'the looks' });
    sandbox.faults('payhip').failNext('reset_after');
    expect((await tapped).text).toContain('It is not known whether the coupon was made');
    const again = await house.ask('/coupons new LOST 10%');
    expect((await house.tap(again, 'Yes, make it')).text).toContain('was there already');
    expect([...sellerAt(house).coupons.values()].filter(({ code }) => code === 'LOST')).toHaveLength(1);
  });

  test.each([
    ['/coupons new', 'neither a share nor an amount'],
    ['/coupons new A 20%', 'A code has 3 to 40'],
    ['/coupons new CODE 120%', 'A share is 1% to 100%.'],
    ['/coupons new CODE lots', 'neither a share nor an amount'],
    ['/coupons new CODE 20% no such product', 'is no product'],
    ['/coupons old', 'For example /coupons new'],
  ])('%s is answered with what is wrong', async (words, answer) => {
    expect((await house.ask(words)).text).toContain(answer);
  });

  test('says so when Payhip does not answer', async () => {
    house.clock.move(minute);
    house.sandbox.faults('payhip').set({ outage: true });
    expect((await house.ask('/coupons')).text).toContain('Payhip did not show its coupons');
    house.sandbox.faults('payhip').reset();
  });
});

test('the menu and the help name the new commands, and the audit trail who changed what', async () => {
  const help = await house.ask('/help');
  for (const command of ['/products', '/coupons', '/settings']) expect(help.text).toContain(command);
  const menu = house.telegram.commands({ bot: adminBot, userId: owner.id }).map(({ command }) => command);
  expect(menu).toEqual(expect.arrayContaining(['products', 'coupons', 'settings']));
  expect(buttonsOf(await house.ask('/products'))).toContain('STUDIO');
});
