// A decommissioned provider is reported once, is not called any more, and can be exported as files.
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { day, hour, minute, second } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { adminBot, owner } from '#test/support/app-fixture/world.ts';
import { awaitFound, awaitUntil } from '#test/support/time/await-until.ts';

const isDecommissioned = ({ text }: { text: string }): boolean => text.includes('Provider seems to be closed');

/** A day in which every call gets the same answer. */
async function retire(app: AppFixture): Promise<SandboxMessage> {
  app.sandbox.faults('coinbase').set({ refuseWith: 410 });
  app.clock.move(hour);
  const isRetired = async (): Promise<boolean> => {
    app.clock.move(90 * minute);
    await app.runJob('watch-providers');
    return app.pagerMessages().some(isDecommissioned);
  };
  await awaitUntil(isRetired, { what: 'the alert', instead: () => app.pagerMessages().map(({ text }) => text) });
  return app.awaitCard(isDecommissioned);
}

test('a decommissioned provider is reported once, is not called any more, and is called again when an admin asks for it', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'coinbase' });
  const card = await retire(app);
  expect(card.text).toContain('CRITICAL');
  expect(card.text).toContain('HTTP 410');
  expect(buttonsOf(card)).toEqual(['Acknowledge', 'Snooze 1 h', 'Ask again now']);
  const outage = app.pagerMessages().find(({ text }) => text.includes('Provider does not answer'));
  expect(outage?.text).toContain('RESOLVED');

  const calls = () => app.sandbox.callLog('coinbase').length;
  const before = calls();
  app.clock.move(2 * hour);
  for (const job of ['poll-payments', 'reconcile', 'watch-providers', 'watch-webhooks']) await app.runJob(job);
  expect((await app.placeOrder({ provider: 'auto' })).provider).toBe('bitpay');
  expect((await app.tryOrder({ provider: 'coinbase' })).status).toBeGreaterThanOrEqual(400);
  expect(calls()).toBe(before);
  const shown = await app.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(shown.text).toContain('Coinbase ⚫ decommissioned since');
  expect(buttonsOf(shown)).toContain('Ask Coinbase again');
  const health = await app.ask('/health', ({ text }) => text.includes('decommissioned'));
  expect(health.text).toContain('decommissioned, called once a day');
  expect((await app.send('/metrics')).text).toContain('tillkeeper_provider_decommissioned{provider="coinbase"} 1');
  expect((await app.getOrder(order.id)).payments).toHaveLength(1);

  // Opening these views checks the set-up, this provider's too.
  const looked = calls();
  await app.restart();
  await app.runJob('watch-providers');
  expect(calls()).toBe(looked);
  const still = await app.tap(card, 'Ask again now');
  expect(still.text).toContain('Coinbase still does not serve us');
  expect(calls()).toBeGreaterThan(before);

  app.sandbox.faults('coinbase').reset();
  app.clock.move(minute);
  expect((await app.tap(card, 'Ask again now')).text).toContain('Coinbase answers');
  const isOver = async (): Promise<boolean> => {
    await app.runJob('catch-up');
    return app.pagerText(card.messageId).includes('It answers again: unavailable for');
  };
  await awaitUntil(isOver, { what: 'the resolved card', instead: () => app.pagerText(card.messageId) });
  expect((await app.placeOrder({ provider: 'auto' })).provider).toBe('coinbase');
  expect(app.pagerMessages().filter(isDecommissioned)).toHaveLength(1);
});

test('webhooks of a decommissioned provider that still verify are accepted, and wait until it is called again', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'coinbase' });
  // Paid when it had closed its API already; its webhooks come more than a day late.
  app.sandbox.faults('coinbase').set({ refuseWith: 410, delayWebhooksMs: 36 * hour });
  await app.visit(order, 'pay');
  await retire(app);
  const calls = app.sandbox.callLog('coinbase').length;
  app.clock.move(12 * hour);
  await awaitUntil(async () => (await app.webhooksOf(order)).some(({ status }) => status === 200), {
    what: 'a webhook that was taken',
  });
  expect(app.sandbox.callLog('coinbase')).toHaveLength(calls);
  expect((await app.getOrder(order.id)).status).not.toBe('paid');
  app.sandbox.faults('coinbase').reset();
  // It is available again by itself when the daily probe is answered.
  app.clock.move(day + minute);
  const isPaid = async (): Promise<boolean> => {
    await app.runJob('watch-providers');
    await app.runJob('catch-up');
    return (await app.getOrder(order.id)).payment?.status === 'paid';
  };
  await awaitUntil(isPaid, { what: 'the paid order' });
});

async function download(app: AppFixture, message: SandboxMessage): Promise<string> {
  const response = await fetch(`${app.telegram.url}/page/files/${message.document?.fileId}`);
  return response.text();
}

test('its history is exported as files, after a confirmation', { timeout: 90 * second }, async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'coinbase', name: '=HYPERLINK("http://evil.example")' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.placeOrder({ provider: 'btcpay' });
  await app.awaitQuiet();
  const documents = () =>
    app.telegram.messages({ bot: adminBot, chatId: owner.id }).filter(({ document }) => document !== undefined);
  const question = await app.ask('/providers exit coinbase');
  expect(question.text).toContain('Export everything of Coinbase?');
  expect(documents()).toEqual([]);
  expect((await app.tap(question, 'Yes, export it')).text).toBe('Started.');
  const textOfQuestion = () =>
    app.telegram.messages({ bot: adminBot, chatId: owner.id }).find(({ messageId }) => messageId === question.messageId)
      ?.text ?? '';
  await awaitUntil(() => textOfQuestion().includes('Exported Coinbase'), {
    what: 'the end of the export',
    instead: textOfQuestion,
    timeoutMs: 60 * second,
  });
  const names = documents().map(({ document }) => document?.name);
  expect(names).toContain('coinbase-orders.csv');
  expect(names).toContain('coinbase-orders.jsonl');
  expect(names).toContain('coinbase-events.jsonl');
  expect(names).toContain('coinbase-reconciliation-runs.csv');
  const fileOf = async (name: string): Promise<string> => {
    const message = documents().find(({ document }) => document?.name === name);
    if (message === undefined) throw new Error(`no file ${name}`);
    return download(app, message);
  };
  const orders = parse(await fileOf('coinbase-orders.csv'), { bom: true, columns: true }) as Record<string, string>[];
  expect(orders).toMatchObject([{ id: order.id, status: 'paid', amount: '49.00', currency: 'USD' }]);
  expect(orders[0]?.['customer_name']).toBe(`'=HYPERLINK("http://evil.example")`);
  const events = (await fileOf('coinbase-events.jsonl')).trimEnd().split('\n');
  const [delivered] = (await app.webhooksOf(order)).filter(({ status }) => status === 200);
  expect(events.map((line) => (JSON.parse(line) as { body: string }).body)).toContain(delivered?.body);
  const everything = (await Promise.all(documents().map((message) => download(app, message)))).join('\n');
  for (const [name, value] of Object.entries(app.environment)) {
    if (/(SECRET|TOKEN|KEY)$/.test(name) && value !== '') expect(everything, name).not.toContain(value);
  }
  // The second tap of the same button finds nothing.
  await expect(app.tap(question, 'Yes, export it')).rejects.toThrow('no button');
});

test('an unknown provider is answered with the known ones', async () => {
  await using app = await openAppFixture();
  const answer = await app.ask('/providers exit stripe');
  expect(answer.text).toContain('There is no provider stripe.');
  expect(answer.text).toContain('/providers exit btcpay');
  const found = await awaitFound(() => answer.text, { what: 'the answer' });
  expect(found).not.toContain('Export everything');
});
