import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { botNames, type DemoWorld } from '#sandbox/demo/demo-world.ts';
import { expectNoSideways, findCard, openBrowser, openChat, openDemoWorld, openTab, picture, say } from './visitor.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(() => browser.close());

/** What a customer does in the shop: chooses a provider and buys; the tab is at the checkout then. */
async function buy(page: Page, world: DemoWorld, chosen: { sku: string; payWith: string }): Promise<void> {
  await page.goto(world.urls.shop);
  await page.locator(`input[name=payWith][value=${chosen.payWith}]`).check();
  await page.getByTestId(`buy-${chosen.sku}`).click();
  await page.getByTestId('amount').waitFor();
}

test('an order made in the chat is paid at the checkout, and its card changes in place', async () => {
  const world = await openDemoWorld();
  const chat = await openTab(browser, 'desk');
  await openChat(chat, world, botNames.admin);
  await say(chat, '/pay 25 USD Icon set');
  const link = await findCard(chat, 'T-1001');
  await say(chat, '/order T-1001');
  const card = await findCard(chat, 'awaiting payment');
  expect(card.id).not.toBe(link.id);

  const [checkout] = await Promise.all([chat.context().waitForEvent('page'), link.button('Open payment page').click()]);
  const inset = () => checkout.evaluate("getComputedStyle(document.querySelector('.card')).padding");
  expect(await inset()).toBe('0px');
  await checkout.getByTestId('pay').click();
  await checkout.getByTestId('status').getByText('COMPLETED').waitFor();
  expect(await inset()).toBe('0px');
  await picture(checkout, 'checkout-paid');
  await checkout.close();

  await card.message.getByText('T-1001 · paid').waitFor();
  expect(await card.message.getByTestId('edited').count()).toBe(1);
  expect(await card.button('New payment link').count()).toBe(0);
  expect(await chat.getByTestId('message').filter({ hasText: 'T-1001 · paid' }).count()).toBe(1);
  await picture(chat, 'order-card-paid');
});

test('an underpaid payment raises an alert; it is acknowledged, a new link is made and paid, and the alert is resolved', async () => {
  const world = await openDemoWorld();
  const shop = await openTab(browser, 'desk');
  const chat = await openTab(browser, 'desk');
  await openChat(chat, world, botNames.admin);
  await buy(shop, world, { sku: 'meridian', payWith: 'btcpay' });
  await shop.getByTestId('underpay').click();
  await shop.getByTestId('expire').click();

  const pager = chat.getByTestId(`chat-${botNames.pager}`);
  await pager.getByTestId('unread').getByText('1', { exact: true }).waitFor();
  expect(await pager.getAttribute('class')).toContain('ringing');
  await picture(chat, 'pager-rings');
  await pager.click();
  const alert = await findCard(chat, 'Payment underpaid');
  expect(await alert.message.textContent()).toContain('T-1001 · 49.00 USD · BTCPay');

  await alert.button('Acknowledge').click();
  await alert.message.getByText('Acknowledged by Ada').waitFor();
  expect(await alert.button('Acknowledge').count()).toBe(0);
  await picture(chat, 'alert-acknowledged');

  await alert.button('New payment link').click();
  const link = await findCard(chat, '🔗');
  const [checkout] = await Promise.all([chat.context().waitForEvent('page'), link.button('Open payment page').click()]);
  await checkout.getByTestId('pay').click();
  await checkout.close();
  await alert.message.getByText('RESOLVED').waitFor();
  expect(await alert.message.textContent()).toContain('Acknowledged by Ada');
  const repeats = chat.locator('[data-testid=message] .text').filter({ hasText: 'Payment underpaid' });
  expect(await repeats.count()).toBe(1);
  await picture(chat, 'alert-resolved');
});

test('the pager’s link to an order opens its card in the chat of the command bot', async () => {
  const world = await openDemoWorld();
  const shop = await openTab(browser, 'desk');
  const chat = await openTab(browser, 'desk');
  await openChat(chat, world, botNames.pager);
  await buy(shop, world, { sku: 'nightfall', payWith: 'btcpay' });
  await shop.getByTestId('overpay').click();
  const alert = await findCard(chat, 'Payment overpaid');
  await alert.button('Open order').click();
  const plain = await findCard(chat, 'payment overpaid');
  await plain.button('Open in the command bot').click();
  await chat.getByTestId('inline-button').filter({ hasText: 'Mark delivered' }).waitFor();
  expect(new URL(chat.url()).hash).toBe(`#${botNames.admin}`);
  await picture(chat, 'order-from-pager');
});

test('a lost webhook costs the customer seconds: the shop is notified of the payment all the same', async () => {
  const world = await openDemoWorld();
  const control = await openTab(browser, 'desk');
  await control.goto(world.urls.providers);
  await control.getByTestId('fault-bitpay-dropWebhooks').selectOption('1');
  await expect.poll(() => world.providers.faults('bitpay').get().dropWebhooks).toBe(1);
  const shop = await openTab(browser, 'desk');
  await buy(shop, world, { sku: 'nightfall', payWith: 'bitpay' });
  await shop.getByTestId('pay').click();
  await shop.getByTestId('return').click();
  await shop.getByTestId('slip-title').getByText('Thank you, it is paid').waitFor();
  await shop.goto(world.urls.shop);
  await shop.getByTestId('told').getByText('order.paid').waitFor();
  await picture(shop, 'shop-told');
  expect(world.providers.deliveries('bitpay').map(({ outcome }) => outcome)).not.toContain('delivered');
});

test('on a phone, the whole way from the shop to the card fits the screen', async () => {
  const world = await openDemoWorld();
  const phone = await openTab(browser, 'phone');
  await phone.goto(world.urls.shop);
  await expectNoSideways(phone);
  await picture(phone, 'phone-shop');
  await buy(phone, world, { sku: 'fieldnotes', payWith: 'coinbase' });
  await expectNoSideways(phone);
  await picture(phone, 'phone-checkout');
  await phone.getByTestId('fail').click();
  await phone.goto(world.urls.providers);
  await expectNoSideways(phone);
  await phone.goto(world.urls.chat);
  await phone.getByTestId(`chat-${botNames.pager}`).getByText('Payment failed').waitFor();
  await expectNoSideways(phone);
  await phone.getByTestId(`chat-${botNames.pager}`).click();
  const alert = await findCard(phone, 'Payment failed');
  await alert.button('Acknowledge').click();
  await alert.message.getByText('Acknowledged by Ada').waitFor();
  await expectNoSideways(phone);
  await picture(phone, 'phone-alert');
  await phone.getByTestId('back').click();
  await phone.getByTestId(`chat-${botNames.admin}`).click();
  await say(phone, '/order T-1001');
  await findCard(phone, /T-1001/);
  await expectNoSideways(phone);
  await picture(phone, 'phone-order');
});
