// A secret that was rotated at the provider and not here: what is refused is kept, and taken in when the secret is right.
import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { sign, signatureHeader } from '#test/support/providers/sign-webhook.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const isRefused = ({ text }: { text: string }): boolean => text.includes('Webhooks with a bad signature');

test('events that were refused under the old secret are recovered at the start with the new one', async () => {
  await using app = await openAppFixture({ env: { BTCPAY_WEBHOOK_SECRET: 'the-secret-of-yesterday' } });
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  // Polling finds it all the same.
  app.clock.move(minute);
  await app.runJob('poll-payments');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  const card = await app.awaitCard(isRefused);
  await awaitUntil(async () => (await app.webhooksOf(order)).some(({ outcome }) => outcome === 'refused'), {
    what: 'a refused webhook',
  });
  await awaitUntil(() => buttonsOf(app.pagerMessages().find(isRefused) ?? card).includes('Check quarantine'), {
    what: 'the button',
  });
  const early = await app.tap(card, 'Check quarantine');
  expect(early.text).toMatch(/^Checked \d webhooks?: none verifies with today's secrets\.$/);
  const shown = await app.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(shown.text).toMatch(/🧪 \d refused webhooks? kept, \d may be real/);
  expect(buttonsOf(shown)).toContain('Check quarantine');
  expect((await app.send('/metrics')).text).toMatch(/tillkeeper_quarantined_webhooks\{provider="btcpay"\} [1-9]/);

  await app.close();
  app.clock.move(3 * hour);
  const { environment, sandbox } = app;
  environment['BTCPAY_WEBHOOK_SECRET'] = `${sandbox.environment['BTCPAY_WEBHOOK_SECRET']},the-secret-of-yesterday`;
  await app.open();
  await awaitUntil(() => /Secret was rotated, \d events? recovered\./.test(app.pagerText(card.messageId)), {
    what: 'the resolved card',
    instead: () => app.pagerText(card.messageId),
  });
  await app.awaitQuiet();
  const after = await app.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(after.text).not.toContain('🧪');
  expect(after.text).not.toContain('none yet\n\n');
  expect(app.shop.heardOf(order.id).map(({ type }) => type)).toEqual(['order.paid']);
  await app.restart();
  await app.awaitQuiet();
  expect(app.pagerMessages().filter(isRefused)).toHaveLength(1);
});

test('forgeries of an unauthorized sender leave at most two hundred rows and one card', async () => {
  await using app = await openAppFixture();
  const header = signatureHeader('btcpay');
  for (let batch = 0; batch < 5; batch += 1) {
    const sent = Array.from({ length: 80 }, (_, index) => {
      const body = JSON.stringify({ type: 'InvoiceSettled', storeId: 'x', deliveryId: `${batch}-${index}` });
      const delivery = sign('btcpay', { headers: {}, body, now: app.clock.now(), secret: 'guessed' });
      return app.postWebhook('btcpay', index % 2 === 0 ? delivery : { headers: { [header]: 'noise' }, body });
    });
    for (const answer of await Promise.all(sent)) expect(answer.status).toBe(401);
    app.clock.move(minute);
  }
  await app.awaitCard(isRefused);
  await app.awaitQuiet();
  const kept = /tillkeeper_quarantined_webhooks\{provider="btcpay"\} (\d+)/.exec((await app.send('/metrics')).text);
  expect(Number(kept?.[1])).toBeLessThanOrEqual(200);
  expect(Number(kept?.[1])).toBeGreaterThan(100);
  expect(app.pagerMessages().filter(isRefused)).toHaveLength(1);

  // Anybody can send what does not verify: it says nothing of the provider, and reddens nothing.
  const ofBtcpay = async (): Promise<unknown> =>
    JSON.parse((await app.send('/readyz')).text).checks.find(
      ({ name }: { name: string }) => name === 'provider btcpay',
    );
  expect(await ofBtcpay()).toMatchObject({ ok: true, detail: 'answers' });
  const { text: health } = await app.ask('/health', ({ text }) => text.includes('providers answer'));
  expect(health).toContain('All is well');
  expect(health).not.toMatch(/\d of \d providers answer/);
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  expect(await ofBtcpay()).toMatchObject({ ok: true, detail: 'answers' });
});
