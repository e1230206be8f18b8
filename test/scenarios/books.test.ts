// A day at the shop, closed the next morning, seen in the chat: through the real adapters, over HTTP, on a real file.
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { readContent } from '#accounting/ledger/chain.ts';
import type { BookContent } from '#accounting/ledger/closing.ts';
import { addDays, type CalendarDay, dayBounds, dayOf } from '#kernel/calendar.ts';
import { hour, minute } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { type House, openHouse } from '#test/support/house.ts';
import { owner, pagerBot } from '#test/support/house-world.ts';

const noRetries = { webhookRetryDelaysMs: [] };

/** The clock goes to ten in the morning of the next day, so that a test is not cut in two by midnight. */
function goToMorning(house: House): CalendarDay {
  const tomorrow = addDays(dayOf(house.clock.now(), 'UTC'), 1);
  house.clock.move(dayBounds(tomorrow, 'UTC').from + 10 * hour - house.clock.now());
  return tomorrow;
}

function goToClosing(house: House, day: CalendarDay): void {
  house.clock.move(dayBounds(day, 'UTC').to + 4.5 * hour - house.clock.now());
}

async function pay(house: House, provider: 'coinbase' | 'bitpay' | 'btcpay') {
  const order = await house.placeOrder({ provider });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  return order;
}

const digests = (house: House): SandboxMessage[] =>
  house.telegram.messages({ bot: pagerBot, chatId: owner.id }).filter(({ text }) => text.includes('Books of'));

/** Every closing as it was stored. */
function contents(house: House): BookContent[] {
  const connection = new BetterSqlite3(house.file, { readonly: true });
  const rows = connection.prepare('select content from book_closings order by number').all() as { content: string }[];
  connection.close();
  return rows.flatMap((row) => readContent(row) ?? []);
}

const sum = (count: number, amount: string) => ({ count, amount });

test('a day with money that is paid, short, given back, unasked for and not told of closes as it should', async () => {
  await using house = await openHouse(noRetries);
  const day = goToMorning(house);
  const refunded = await pay(house, 'coinbase');
  house.sandbox.faults('coinbase').set({ dropWebhooks: 1 });
  const untold = await house.placeOrder({ provider: 'coinbase' });
  await house.visit(untold, 'pay');
  await pay(house, 'bitpay');
  const short = await house.placeOrder({ provider: 'btcpay' });
  for (const action of ['underpay', 'expire'] as const) await house.visit(short, action);
  house.sandbox.faults('bitpay').set({ dropWebhooks: 1 });
  const foreign = house.sandbox.createForeign('bitpay', { amount: '77.00', description: 'Workshop' });
  await house.sandbox.visit({ provider: 'bitpay', reference: foreign.reference, action: 'pay' });
  await house.awaitOrder(untold.id, ({ status }) => status === 'paid');
  await house.awaitOrder(short.id, ({ payment }) => payment?.status === 'underpaid');
  const body = JSON.stringify({ amount: '20.00', reason: 'Bought by mistake' });
  const headers = { 'content-type': 'application/json' };
  await house.send(`/v1/orders/${refunded.id}/refunds`, { method: 'POST', headers, body });
  await house.awaitOrder(refunded.id, ({ refunds }) => refunds[0]?.status === 'pending');
  house.clock.move(10 * minute);
  house.sandbox.tick();
  await house.runJob('follow-refunds');
  await house.awaitOrder(refunded.id, ({ refunded_amount }) => refunded_amount === '20.00');
  await house.awaitQuiet();

  goToClosing(house, day);
  await house.runJob('read-figures');
  expect((await house.runJob('close-books')).outcome).toMatchObject({
    kind: 'done',
    counts: { closed: 1, waiting: 0 },
  });
  const [content] = contents(house);
  const ofProvider = (name: string) => content?.providers.find(({ provider }) => provider === name);
  expect(ofProvider('coinbase')).toMatchObject({
    payments: [{ asset: 'USDC', here: { paid: sum(2, '98.00') }, there: { paid: sum(2, '98.00') } }],
    ...{ figures: [{ asset: 'USDC', count: 2 }], withoutFigures: 0 },
    refunds: [{ currency: 'USD', here: sum(1, '20.00'), there: sum(1, '20.00') }],
  });
  expect(ofProvider('bitpay')).toMatchObject({
    payments: [{ asset: 'USD', here: { paid: sum(1, '49.00') }, there: { paid: sum(2, '126.00') } }],
    figures: [{ asset: 'USD', count: 1 }],
  });
  expect(ofProvider('btcpay')).toMatchObject({
    payments: [{ asset: 'USD', here: { odd: sum(1, '49.00') }, there: { odd: sum(1, '49.00') } }],
  });
  expect(content?.unexplained).toMatchObject({
    count: 1,
    list: [{ provider: 'bitpay', kind: 'missing_here', reference: foreign.reference }],
  });
  expect(content?.exceptions).toContainEqual({ kind: 'payment_underpaid', provider: 'btcpay', count: 1 });

  await house.awaitQuiet();
  const [digest, ...more] = digests(house);
  expect(more).toEqual([]);
  expect(digest).toMatchObject({ silent: false, photo: { width: 1280, height: 800 } });
  expect(digest?.text).toContain('UNEXPLAINED: 1');
  expect(digest?.text).toContain('2 paid 98.00 USDC');
  const metrics = (await house.send('/metrics')).text;
  expect(metrics).toContain('tillkeeper_books_unexplained 1\n');
  expect((await house.runJob('close-books')).outcome).toMatchObject({ counts: { closed: 0 } });
  expect(digests(house)).toHaveLength(1);

  const page = await house.ask(`/books ${day}`, ({ text }) => text.includes('Books of'));
  expect(page.text).toContain('1 refund: 20.00 USD');
  expect((await house.tap(page, 'Verify chain')).text).toContain('The chain is whole: 1 closing');
});

test('a day waits for a provider that is down, is closed when it is back, and later money corrects it', async () => {
  await using house = await openHouse(noRetries);
  const day = goToMorning(house);
  await pay(house, 'coinbase');
  const late = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(late, 'expire');
  await house.awaitOrder(late.id, ({ payment }) => payment?.status === 'expired');
  await house.awaitQuiet();
  goToClosing(house, day);
  house.sandbox.faults('btcpay').set({ outage: true });
  expect((await house.runJob('close-books')).outcome).toMatchObject({ counts: { closed: 0, waiting: 1 } });
  const list = await house.ask('/books', ({ text }) => text.includes('page 1'));
  expect(list.text).toContain('waits since');
  expect(digests(house)).toEqual([]);

  house.sandbox.faults('btcpay').reset();
  house.clock.move(hour);
  await expect
    .poll(async () => (await house.runJob('close-books')).outcome, { timeout: 10_000 })
    .toMatchObject({ counts: { closed: 1, unexplained: 0 } });
  expect(contents(house)[0]?.notes.at(-1)).toContain('BTCPay could not be asked');

  await house.visit(late, 'pay_late');
  await house.awaitOrder(late.id, ({ payment }) => payment?.status === 'paid_late');
  goToClosing(house, addDays(day, 1));
  await house.runJob('close-books');
  expect(contents(house).map(({ corrections }) => corrections.list)).toMatchObject([
    [],
    [{ day, order: late.number, changes: [{ field: 'status', was: 'expired', is: 'paid_late' }, {}, {}] }],
  ]);
  await house.awaitQuiet();
  expect(digests(house)).toHaveLength(2);
  expect(digests(house)[1]?.text).toContain(`${late.number}: status expired → paid late`);
});
