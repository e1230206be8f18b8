import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { closeDueDays } from '#accounting/daily-close/close-due-days.ts';
import { readPeriod } from '#bot/screens/accounting/period-export.ts';
import { readCalendarDay } from '#kernel/calendar.ts';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { auditOf, buttonsOf, chat, openChat, paid, say, tap, textOf } from './support/chat.ts';
import { ann, type BotShop } from './support/shop.ts';

/** A shop with one paid order on each of so many days from 22 November 2026 on, closed up to the last of them. */
async function openBooks(days: number): Promise<BotShop> {
  const shop = await openChat();
  shop.provider.shows(paid);
  for (let index = 0; index < days; index += 1) {
    await shop.order();
    shop.deps.clock.advance(minute);
    await pollPayments(shop.deps, { limit: 10 });
    shop.deps.clock.advance(day - minute);
  }
  shop.deps.clock.advance(hour);
  await closeDueDays(shop.deps, { timeZone: 'Europe/Berlin', daysMax: 40 });
  return shop;
}

/** The files that the bot has sent, by name. */
async function filesOf(shop: BotShop): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { document } of chat(shop)) {
    if (document === undefined) continue;
    const answer = await fetch(`${shop.telegram.url}/page/files/${document.fileId}`);
    files.set(document.name, Buffer.from(await answer.arrayBuffer()).toString());
  }
  return files;
}

function rowsOf(csv: string | undefined): Record<string, string>[] {
  return parse(csv ?? '', { columns: true, bom: true }) as Record<string, string>[];
}

/** What the script says that the decision gives to strangers. */
async function checkedBy(file: string | undefined, extension: 'json' | 'jsonl'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tillkeeper-check-'));
  const decision = new URL('../../docs/decisions/2026-11-25-how-the-books-are-chained.md', import.meta.url);
  const script = /```js\n([\s\S]+?)```/.exec(await readFile(decision, 'utf8'))?.[1] ?? '';
  await writeFile(join(folder, 'check.mjs'), script);
  await writeFile(join(folder, `books.${extension}`), file ?? '');
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(folder, 'check.mjs'),
    join(folder, `books.${extension}`),
  ]);
  await rm(folder, { recursive: true });
  return stdout;
}

const open = (shop: BotShop, list: SandboxMessage, button: string): Promise<string> => tap(shop, list, button);

describe('/books', () => {
  test('lists the last days with a sign each, and leads to a day, to its neighbours and back', async () => {
    await using shop = await openBooks(3);
    const list = await say(shop, '/books');
    expect(list.text).toMatchInlineSnapshot(`
      "Books
      ⏳ Wed 25 Nov · open; closes after 26 Nov, 04:00
      ✅ Tue 24 Nov · 1 paid · 49.00 USD
      ✅ Mon 23 Nov · 1 paid · 49.00 USD
      ✅ Sun 22 Nov · 1 paid · 49.00 USD"
    `);
    expect(buttonsOf(shop, list)).toEqual(['24 Nov', '23 Nov', '22 Nov', 'Verify chain']);
    await open(shop, list, '23 Nov');
    expect(textOf(shop, list)).toContain('Books of Mon 23 Nov');
    expect(buttonsOf(shop, list)).toEqual([...['‹ 22 Nov', '24 Nov ›', 'Chart', 'Export', 'Verify chain', '‹ Books']]);
    await open(shop, list, '24 Nov ›');
    expect(buttonsOf(shop, list)).not.toContain('25 Nov ›');
    await open(shop, list, '‹ Books');
    expect(textOf(shop, list)).toBe(list.text);
  });

  test('turns pages, and says what is missing before there are books', async () => {
    await using empty = await openChat();
    expect((await say(empty, '/books')).text).toContain('There are none yet');
    await using shop = await openBooks(10);
    const list = await say(shop, '/books');
    await open(shop, list, 'Older ›');
    expect(textOf(shop, list)).toContain('Books · page 2');
    expect(buttonsOf(shop, list)).toEqual(['23 Nov', '22 Nov', '‹ Newer', 'Verify chain']);
  });

  test('opens a day by its date, by the link of the digest, and one that is not closed with the reason', async () => {
    await using shop = await openBooks(1);
    expect((await say(shop, '/books 2026-11-22')).text).toContain('Books of Sun 22 Nov');
    expect((await say(shop, '/start books-2026-11-22')).text).toContain('Books of Sun 22 Nov');
    expect((await say(shop, '/books 2026-11-23')).text).toContain('open; closes after 24 Nov, 04:00');
    for (const words of ['2026-11-21', 'yesterday', '2026-02-30']) {
      expect((await say(shop, `/books ${words}`)).text).toContain(`There is no day ${words} in the books`);
    }
  });

  test('shows since when a day waits, and for whom', async () => {
    await using shop = await openBooks(1);
    shop.provider.goesAway();
    shop.deps.clock.advance(day);
    await closeDueDays(shop.deps, { timeZone: 'Europe/Berlin', daysMax: 40 });
    expect((await say(shop, '/books')).text).toContain(
      '⏳ Mon 23 Nov · waits since 24 Nov, 05:00: BTCPay did not answer',
    );
  });

  test('verifies the chain, and names the link that somebody broke', async () => {
    await using shop = await openBooks(3);
    const list = await say(shop, '/books');
    expect(await open(shop, list, 'Verify chain')).toMatch(/^The chain is whole: 3 closings, up to [0-9a-f]{12}\.$/);
    const connection = new BetterSqlite3(shop.file);
    connection.exec(`update book_closings set content = replace(content, '49.00', '59.00') where number = 2`);
    connection.close();
    expect(await open(shop, list, 'Verify chain')).toBe('The chain is broken.');
    expect(chat(shop).at(-1)?.text).toBe(
      '⛔ The chain is broken at no. 2, Mon 23 Nov: its content is not what was hashed.',
    );
  });

  test('draws the last two weeks, once for a tap that comes twice', async () => {
    await using shop = await openBooks(2);
    const list = await say(shop, '/books 2026-11-23');
    await open(shop, list, 'Chart');
    expect(await open(shop, list, 'Chart')).toBe('The picture was sent a moment ago.');
    const pictures = chat(shop).filter(({ photo }) => photo !== undefined);
    expect(pictures).toMatchObject([{ text: '22 Nov to 23 Nov. Nothing is unexplained.' }]);
  });

  test('exports a day as CSV and as JSON from which a stranger computes the hashes again', async () => {
    await using shop = await openBooks(1);
    const list = await say(shop, '/books 2026-11-22');
    expect(await open(shop, list, 'Export')).toBe('Here are the files.');
    const files = await filesOf(shop);
    expect([...files.keys()]).toEqual(['books-2026-11-22.csv', 'books-2026-11-22.json']);
    expect(rowsOf(files.get('books-2026-11-22.csv'))).toContainEqual(
      expect.objectContaining({
        kind: 'payments',
        provider: 'btcpay',
        what: 'paid',
        count_here: '1',
        amount_there: '49.00',
      }),
    );
    expect(await checkedBy(files.get('books-2026-11-22.json'), 'json')).toBe('1 2026-11-22 holds\n');
    expect(await auditOf(shop)).toContain(`${ann} export.books`);
  });
});

describe('/export', () => {
  test('sends the orders of a period with payments, fees and refunds, and its books, and is written down', async () => {
    await using shop = await openBooks(3);
    const answer = await say(shop, '/export 2026-11-22 2026-11-23');
    await expect
      .poll(() => {
        // Files follow each other by a second.
        shop.deps.clock.advance(second);
        return textOf(shop, answer);
      })
      .toBe('Export 2026-11-22 to 2026-11-23\n2 payment lines, 0 refunds, 2 closed days in 3 files\nDone.');
    const files = await filesOf(shop);
    const name = '2026-11-22-2026-11-23';
    expect([...files.keys()]).toEqual([`orders-${name}.csv`, `books-${name}.csv`, `books-${name}.jsonl`]);
    const orders = rowsOf(files.get(`orders-${name}.csv`));
    expect(
      orders.map(({ order, provider, payment_status, received }) => [order, provider, payment_status, received]),
    ).toEqual([
      ['T-1001', 'btcpay', 'paid', '49.00'],
      ['T-1002', 'btcpay', 'paid', '49.00'],
    ]);
    expect(orders[0]).toMatchObject({ customer_name: '<i>Ann</i>', refunded: '0.00', fee: '' });
    const books = files.get(`books-${name}.jsonl`);
    expect(await checkedBy(books, 'jsonl')).toBe('1 2026-11-22 holds\n2 2026-11-23 holds\n');
    expect(await checkedBy(books?.replace('"49.00"', '"59.00"'), 'jsonl')).toBe(
      '1 2026-11-22 BROKEN\n2 2026-11-23 holds\n',
    );
    expect(await auditOf(shop)).toEqual(expect.arrayContaining([`${ann} export.orders`, `${ann} export.books`]));
  });

  test('begins without counts of nothing, and the files answer that message, each table by itself', async () => {
    await using shop = await openBooks(3);
    const answer = await say(shop, '/export 2026-11-22 2026-11-23');
    expect(answer.text).toBe('Export 2026-11-22 to 2026-11-23\nThe files are being written …');
    await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/export 2026-11-24 2026-11-24' });
    const next = await shop.telegram.awaitMessage(({ text }) => text.startsWith('Export 2026-11-24'));
    await expect
      .poll(() => {
        shop.deps.clock.advance(second);
        return textOf(shop, next);
      })
      .toContain('Done.');
    const files = chat(shop).filter(({ document }) => document !== undefined);
    const places = files.map(({ document, replyToId }) => `${document?.name.split('-')[0]} ${replyToId}`);
    const [one, two] = [answer.messageId, next.messageId];
    const tables = ['orders', 'books', 'books'];
    expect(places).toEqual([...tables.map((table) => `${table} ${one}`), ...tables.map((table) => `${table} ${two}`)]);
  });

  test('says so where nothing is in the days', async () => {
    await using shop = await openChat();
    const answer = await say(shop, '/export 2020-01-01 2020-01-02');
    await expect.poll(() => textOf(shop, answer)).toBe('Export 2020-01-01 to 2020-01-02\nNothing is in these days.');
  });

  test('asks for a period that it can read', async () => {
    await using shop = await openChat();
    for (const words of ['forever', '367d', '2026-11-30 2026-11-01', '2026-01-01 2027-06-01'])
      expect((await say(shop, `/export ${words}`)).text).toContain('For example /export 30d');
  });

  test.each([
    ['1d', '2026-11-25', '2026-11-25'],
    ['30D', '2026-10-27', '2026-11-25'],
    ['2026-11-01 2026-11-30', '2026-11-01', '2026-11-30'],
    ['2026-01-01 2027-01-01', '2026-01-01', '2027-01-01'],
  ])('takes "%s" as %s to %s', (text, from, to) => {
    const today = readCalendarDay('2026-11-25');
    if (today === undefined) throw new Error('no day');
    expect(readPeriod(text, today)).toEqual({ from, to });
  });
});
