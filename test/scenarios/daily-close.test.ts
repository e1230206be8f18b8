// The daily close, seen in the chat on the next morning: through the real adapters, over HTTP, on a real file.
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { readContent } from '#accounting/ledger/chain.ts';
import type { ClosingContent } from '#accounting/ledger/closing.ts';
import { addDays, type CalendarDay, dayBounds, dayOf } from '#kernel/calendar.ts';
import { hour, minute } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { owner, pagerBot } from '#test/support/app-fixture/world.ts';

const noRetries = { webhookRetryDelaysMs: [] };

/** Moves the clock to ten in the morning of the next day, so that no midnight falls into a test. */
function goToMorning(app: AppFixture): CalendarDay {
  const tomorrow = addDays(dayOf(app.clock.now(), 'UTC'), 1);
  app.clock.move(dayBounds(tomorrow, 'UTC').from + 10 * hour - app.clock.now());
  return tomorrow;
}

function goToClosing(app: AppFixture, day: CalendarDay): void {
  app.clock.move(dayBounds(day, 'UTC').to + 4.5 * hour - app.clock.now());
}

async function pay(app: AppFixture, provider: 'coinbase' | 'bitpay' | 'btcpay') {
  const order = await app.placeOrder({ provider });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  return order;
}

const digests = (app: AppFixture): SandboxMessage[] =>
  app.telegram.messages({ bot: pagerBot, chatId: owner.id }).filter(({ text }) => text.includes('Books of'));

/** Every closing as it was stored. */
function contents(app: AppFixture): ClosingContent[] {
  const connection = new BetterSqlite3(app.file, { readonly: true });
  const rows = connection.prepare('select content from book_closings order by number').all() as { content: string }[];
  connection.close();
  return rows.flatMap((row) => readContent(row) ?? []);
}

const sum = (count: number, amount: string) => ({ count, amount });

test('a day with paid, underpaid, refunded, unmatched and unreported payments closes as it should', async () => {
  await using app = await openAppFixture(noRetries);
  const day = goToMorning(app);
  const refunded = await pay(app, 'coinbase');
  app.sandbox.faults('coinbase').set({ dropWebhooks: 1 });
  const unreported = await app.placeOrder({ provider: 'coinbase' });
  await app.visit(unreported, 'pay');
  await pay(app, 'bitpay');
  const short = await app.placeOrder({ provider: 'btcpay' });
  for (const action of ['underpay', 'expire'] as const) await app.visit(short, action);
  app.sandbox.faults('bitpay').set({ dropWebhooks: 1 });
  const foreign = app.sandbox.createForeign('bitpay', { amount: '77.00', description: 'Workshop' });
  await app.sandbox.visit({ provider: 'bitpay', reference: foreign.reference, action: 'pay' });
  await app.awaitOrder(unreported.id, ({ status }) => status === 'paid');
  await app.awaitOrder(short.id, ({ payment }) => payment?.status === 'underpaid');
  const body = JSON.stringify({ amount: '20.00', reason: 'Bought by mistake' });
  const headers = { 'content-type': 'application/json' };
  await app.send(`/v1/orders/${refunded.id}/refunds`, { method: 'POST', headers, body });
  await app.awaitOrder(refunded.id, ({ refunds }) => refunds[0]?.status === 'pending');
  app.clock.move(10 * minute);
  app.sandbox.tick();
  await app.runJob('follow-refunds');
  await app.awaitOrder(refunded.id, ({ refunded_amount }) => refunded_amount === '20.00');
  await app.awaitQuiet();

  goToClosing(app, day);
  await app.runJob('fetch-fees');
  expect((await app.runJob('close-days')).outcome).toMatchObject({
    kind: 'done',
    counts: { closed: 1, waiting: 0 },
  });
  const [content] = contents(app);
  const ofProvider = (name: string) => content?.providers.find(({ provider }) => provider === name);
  expect(ofProvider('coinbase')).toMatchObject({
    payments: [{ asset: 'USDC', here: { paid: sum(2, '98.00') }, there: { paid: sum(2, '98.00') } }],
    figures: [{ asset: 'USDC', count: 2 }],
    withoutFigures: 0,
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

  await app.awaitQuiet();
  const [digest, ...more] = digests(app);
  expect(more).toEqual([]);
  expect(digest).toMatchObject({ silent: false, photo: { width: 1280, height: 800 } });
  expect(digest?.text).toContain('UNEXPLAINED: 1');
  expect(digest?.text).toContain('2 paid 98.00 USDC');
  const metrics = (await app.send('/metrics')).text;
  expect(metrics).toContain('tillkeeper_ledger_unexplained 1\n');
  expect((await app.runJob('close-days')).outcome).toMatchObject({ counts: { closed: 0 } });
  expect(digests(app)).toHaveLength(1);

  const page = await app.ask(`/books ${day}`, ({ text }) => text.includes('Books of'));
  expect(page.text).toContain('1 refund: 20.00 USD');
  expect((await app.tap(page, 'Verify chain')).text).toContain('The chain is whole: 1 closing');
});

test('a day waits for an unavailable provider, is closed when it answers, and later money corrects it', async () => {
  await using app = await openAppFixture(noRetries);
  const day = goToMorning(app);
  await pay(app, 'coinbase');
  const late = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(late, 'expire');
  await app.awaitOrder(late.id, ({ payment }) => payment?.status === 'expired');
  await app.awaitQuiet();
  goToClosing(app, day);
  app.sandbox.faults('btcpay').set({ outage: true });
  expect((await app.runJob('close-days')).outcome).toMatchObject({ counts: { closed: 0, waiting: 1 } });
  const list = await app.ask('/books', ({ text }) => text.startsWith('Books'));
  expect(list.text).toContain('waits since');
  expect(digests(app)).toEqual([]);

  app.sandbox.faults('btcpay').reset();
  app.clock.move(hour);
  await expect
    .poll(async () => (await app.runJob('close-days')).outcome)
    .toMatchObject({ counts: { closed: 1, unexplained: 0 } });
  expect(contents(app)[0]?.notes.at(-1)).toContain('BTCPay did not answer');

  await app.visit(late, 'pay_late');
  await app.awaitOrder(late.id, ({ payment }) => payment?.status === 'paid_late');
  goToClosing(app, addDays(day, 1));
  await app.runJob('close-days');
  expect(contents(app).map(({ corrections }) => corrections.list)).toMatchObject([
    [],
    [{ day, order: late.number, changes: [{ field: 'status', was: 'expired', is: 'paid_late' }, {}, {}] }],
  ]);
  await app.awaitQuiet();
  expect(digests(app)).toHaveLength(2);
  expect(digests(app)[1]?.text).toContain(`${late.number}: status expired → paid late`);
});
