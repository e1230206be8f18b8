// A secret that was rotated at the provider and not here: what is refused is kept, and taken in when the secret is right.
import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { buttonsOf, openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';
import { sign, signatureHeader } from '#test/support/sign-webhook.ts';

const isRefused = ({ text }: { text: string }): boolean => text.includes('Webhooks with a bad signature');

test('events that were refused under the old secret are recovered at the start with the new one', async () => {
  await using house = await openHouse({ env: { BTCPAY_WEBHOOK_SECRET: 'the-secret-of-yesterday' } });
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay');
  // Polling finds it all the same.
  house.clock.move(minute);
  await house.runJob('poll-payments');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  const card = await house.awaitCard(isRefused);
  await awaitTrue(async () => (await house.webhooksOf(order)).some(({ outcome }) => outcome === 'refused'), {
    what: 'a refused webhook',
  });
  await awaitTrue(() => buttonsOf(house.pagerMessages().find(isRefused) ?? card).includes('Check quarantine'), {
    what: 'the button',
  });
  const early = await house.tap(card, 'Check quarantine');
  expect(early.text).toMatch(/^Checked \d webhooks?: none verifies with today's secrets\.$/);
  const shown = await house.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(shown.text).toMatch(/🧪 \d refused webhooks? kept, \d may be real/);
  expect(buttonsOf(shown)).toContain('Check quarantine');
  expect((await house.send('/metrics')).text).toMatch(/tillkeeper_quarantined_webhooks\{provider="btcpay"\} [1-9]/);

  await house.close();
  house.clock.move(3 * hour);
  const { environment, sandbox } = house;
  environment['BTCPAY_WEBHOOK_SECRET'] = `${sandbox.environment['BTCPAY_WEBHOOK_SECRET']},the-secret-of-yesterday`;
  await house.open();
  await awaitTrue(() => /Secret was rotated, \d events? recovered\./.test(house.pagerText(card.messageId)), {
    what: 'the resolved card',
    instead: () => house.pagerText(card.messageId),
  });
  await house.awaitQuiet();
  const after = await house.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(after.text).not.toContain('🧪');
  expect(after.text).not.toContain('none yet\n\n');
  expect(house.shop.heardOf(order.id).map(({ type }) => type)).toEqual(['order.paid']);
  await house.restart();
  await house.awaitQuiet();
  expect(house.pagerMessages().filter(isRefused)).toHaveLength(1);
});

test('a stranger’s forgeries make a bounded noise: two hundred rows and one card', async () => {
  await using house = await openHouse();
  const header = signatureHeader('btcpay');
  for (let batch = 0; batch < 5; batch += 1) {
    const sent = Array.from({ length: 80 }, (_, index) => {
      const body = JSON.stringify({ type: 'InvoiceSettled', storeId: 'x', deliveryId: `${batch}-${index}` });
      const delivery = sign('btcpay', { headers: {}, body, now: house.clock.now(), secret: 'guessed' });
      return house.postWebhook('btcpay', index % 2 === 0 ? delivery : { headers: { [header]: 'noise' }, body });
    });
    for (const answer of await Promise.all(sent)) expect(answer.status).toBe(401);
    house.clock.move(minute);
  }
  await house.awaitCard(isRefused);
  await house.awaitQuiet();
  const kept = /tillkeeper_quarantined_webhooks\{provider="btcpay"\} (\d+)/.exec((await house.send('/metrics')).text);
  expect(Number(kept?.[1])).toBeLessThanOrEqual(200);
  expect(Number(kept?.[1])).toBeGreaterThan(100);
  expect(house.pagerMessages().filter(isRefused)).toHaveLength(1);

  // Whether the secret is right is said by the webhooks that verify, not by those that do not.
  const ofBtcpay = async (): Promise<unknown> =>
    JSON.parse((await house.send('/readyz')).text).checks.find(
      ({ name }: { name: string }) => name === 'provider btcpay',
    );
  expect(await ofBtcpay()).toMatchObject({ ok: false, detail: expect.stringContaining('do not verify') });
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  expect(await ofBtcpay()).toMatchObject({ ok: true, detail: 'answers' });
});
