// A provider that has gone for good says so once, is left in peace, and can be taken along as files.
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { day, hour, minute, second } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { awaitFound, awaitTrue } from '#test/support/house-wait.ts';
import { adminBot, owner } from '#test/support/house-world.ts';

const isGone = ({ text }: { text: string }): boolean => text.includes('Provider seems to be gone for good');

/** A day in which every question gets the same answer. */
async function retire(house: House): Promise<SandboxMessage> {
  house.sandbox.faults('coinbase').set({ refuseWith: 410 });
  house.clock.move(hour);
  const isRetired = async (): Promise<boolean> => {
    house.clock.move(90 * minute);
    await house.runJob('watch-providers');
    return house.pagerMessages().some(isGone);
  };
  await awaitTrue(isRetired, { what: 'the alert', instead: () => house.pagerMessages().map(({ text }) => text) });
  return house.awaitCard(isGone);
}

test('a retired provider is said once, stops being asked, and is asked again on an admin’s word', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'coinbase' });
  const card = await retire(house);
  expect(card.text).toContain('CRITICAL');
  expect(card.text).toContain('HTTP 410');
  expect(buttonsOf(card)).toEqual(['Acknowledge', 'Snooze 1 h', 'Ask again now']);
  const outage = house.pagerMessages().find(({ text }) => text.includes('Provider does not answer'));
  expect(outage?.text).toContain('RESOLVED');

  const calls = () => house.sandbox.callLog('coinbase').length;
  const before = calls();
  house.clock.move(2 * hour);
  for (const job of ['poll-payments', 'reconcile', 'watch-providers', 'watch-webhooks']) await house.runJob(job);
  expect((await house.placeOrder({ provider: 'auto' })).provider).toBe('bitpay');
  expect((await house.tryOrder({ provider: 'coinbase' })).status).toBeGreaterThanOrEqual(400);
  expect(calls()).toBe(before);
  const shown = await house.ask('/providers', ({ text }) => text.includes('Providers'));
  expect(shown.text).toContain('Coinbase ⚫ taken for gone since');
  expect(buttonsOf(shown)).toContain('Ask Coinbase again');
  const health = await house.ask('/health', ({ text }) => text.includes('gone'));
  expect(health.text).toContain('taken for gone, asked once a day');
  expect((await house.send('/metrics')).text).toContain('tillkeeper_provider_retired{provider="coinbase"} 1');
  expect((await house.getOrder(order.id)).payments).toHaveLength(1);

  await house.restart();
  await house.runJob('watch-providers');
  expect(calls()).toBe(before);
  const still = await house.tap(card, 'Ask again now');
  expect(still.text).toContain('Coinbase still does not serve us');
  expect(calls()).toBeGreaterThan(before);

  house.sandbox.faults('coinbase').reset();
  house.clock.move(minute);
  expect((await house.tap(card, 'Ask again now')).text).toContain('Coinbase answers');
  const isOver = async (): Promise<boolean> => {
    await house.runJob('catch-up');
    return house.pagerText(card.messageId).includes('It answers again: blind for');
  };
  await awaitTrue(isOver, { what: 'the resolved card', instead: () => house.pagerText(card.messageId) });
  expect((await house.placeOrder({ provider: 'auto' })).provider).toBe('coinbase');
  expect(house.pagerMessages().filter(isGone)).toHaveLength(1);
});

test('webhooks of a retired provider that still verify are taken, and wait until it is asked again', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'coinbase' });
  // Paid when it had closed its API already; its webhooks come more than a day late.
  house.sandbox.faults('coinbase').set({ refuseWith: 410, delayWebhooksMs: 36 * hour });
  await house.visit(order, 'pay');
  await retire(house);
  const calls = house.sandbox.callLog('coinbase').length;
  house.clock.move(12 * hour);
  await awaitTrue(async () => (await house.webhooksOf(order)).some(({ status }) => status === 200), {
    what: 'a webhook that was taken',
  });
  expect(house.sandbox.callLog('coinbase')).toHaveLength(calls);
  expect((await house.getOrder(order.id)).status).not.toBe('paid');
  house.sandbox.faults('coinbase').reset();
  // It is back by itself when the question of the day is answered.
  house.clock.move(day + minute);
  const isPaid = async (): Promise<boolean> => {
    await house.runJob('watch-providers');
    await house.runJob('catch-up');
    return (await house.getOrder(order.id)).payment?.status === 'paid';
  };
  await awaitTrue(isPaid, { what: 'the paid order' });
});

async function download(house: House, message: SandboxMessage): Promise<string> {
  const response = await fetch(`${house.telegram.url}/page/files/${message.document?.fileId}`);
  return response.text();
}

test('its history is handed out as files, on the second tap', { timeout: 90 * second }, async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'coinbase', name: '=HYPERLINK("http://evil.example")' });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.placeOrder({ provider: 'btcpay' });
  await house.awaitQuiet();
  const documents = () =>
    house.telegram.messages({ bot: adminBot, chatId: owner.id }).filter(({ document }) => document !== undefined);
  const question = await house.ask('/providers exit coinbase');
  expect(question.text).toContain('Export everything of Coinbase?');
  expect(documents()).toEqual([]);
  expect((await house.tap(question, 'Yes, export it')).text).toBe('Started.');
  const textOfQuestion = () =>
    house.telegram
      .messages({ bot: adminBot, chatId: owner.id })
      .find(({ messageId }) => messageId === question.messageId)?.text ?? '';
  await awaitTrue(() => textOfQuestion().includes('Exported Coinbase'), {
    ...{ what: 'the end of the export', instead: textOfQuestion, timeoutMs: 60 * second },
  });
  const names = documents().map(({ document }) => document?.name);
  expect(names).toContain('coinbase-orders.csv');
  expect(names).toContain('coinbase-orders.jsonl');
  expect(names).toContain('coinbase-events.jsonl');
  expect(names).toContain('coinbase-reconciliation-runs.csv');
  const fileOf = async (name: string): Promise<string> => {
    const message = documents().find(({ document }) => document?.name === name);
    if (message === undefined) throw new Error(`no file ${name}`);
    return download(house, message);
  };
  const orders = parse(await fileOf('coinbase-orders.csv'), { bom: true, columns: true }) as Record<string, string>[];
  expect(orders).toMatchObject([{ id: order.id, status: 'paid', amount: '49.00', currency: 'USD' }]);
  expect(orders[0]?.['customer_name']).toBe(`'=HYPERLINK("http://evil.example")`);
  const events = (await fileOf('coinbase-events.jsonl')).trimEnd().split('\n');
  const [delivered] = (await house.webhooksOf(order)).filter(({ status }) => status === 200);
  expect(events.map((line) => (JSON.parse(line) as { body: string }).body)).toContain(delivered?.body);
  const everything = (await Promise.all(documents().map((message) => download(house, message)))).join('\n');
  for (const [name, value] of Object.entries(house.environment)) {
    if (/(SECRET|TOKEN|KEY)$/.test(name) && value !== '') expect(everything, name).not.toContain(value);
  }
  // The second tap of the same button finds nothing.
  await expect(house.tap(question, 'Yes, export it')).rejects.toThrow('no button');
});

test('a name that is none is told from those that are', async () => {
  await using house = await openHouse();
  const answer = await house.ask('/providers exit stripe');
  expect(answer.text).toContain('There is no provider stripe.');
  expect(answer.text).toContain('/providers exit btcpay');
  const found = await awaitFound(() => answer.text, { what: 'the answer' });
  expect(found).not.toContain('Export everything');
});
