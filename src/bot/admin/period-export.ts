// Takes orders and books of a period out of the house as files. What is read goes by pages and leaves in parts, so that no
// period is too long for the memory.
import { adminActor } from '#access/admin.ts';
import { addDays, type CalendarDay, dayBounds, dayOf, readCalendarDay } from '#kernel/calendar.ts';
import { bookColumns, bookRows } from '#payments/books/book-rows.ts';
import { closingToExport, exportBooks } from '#payments/books/export-books.ts';
import { exportOrders, paymentColumns, refundColumns } from '#payments/books/export-orders.ts';
import { recordExport } from '#payments/books/record-export.ts';
import { createCsvParts } from '../csv.ts';
import { show } from '../views/html.ts';
import { plural } from '../views/words.ts';
import type { AdminEnv, BotCommand, TextContext } from './env.ts';
import { replyFile, replyView } from './replies.ts';

/** About eight megabytes of orders: a part is held in memory once, and Telegram takes fifty. */
const rowsMax = 20_000;
/** Files of one kind in one export. */
const partsMax = 20;
/** No longer period is asked for in one go. */
const periodDaysMax = 366;
/** The chain as JSON grows with what was unexplained; a longer one is exported in two periods. */
const jsonBytesMax = 20 * 1024 * 1024;

const usage = `For example /export 30d, or /export 2026-11-01 2026-11-30. At most ${periodDaysMax} days.`;

export const exportCommands: readonly BotCommand[] = [
  { command: 'export', usage: '[30d | FROM TO]', description: 'orders and books as files', run: runExport },
];

export interface Period {
  from: CalendarDay;
  to: CalendarDay;
}

async function runExport(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const period = readPeriod(words === '' ? '30d' : words, dayOf(env.clock.now(), env.timeZone));
  if (period === undefined) {
    await replyView(ctx, { text: show(usage, 300), keyboard: [] });
    return;
  }
  const actor = adminActor(ctx.from.id);
  await recordExport(env, { actor, what: 'orders', details: { ...period } });
  await recordExport(env, { actor, what: 'books', details: { ...period } });
  const counts = await sendOrders(env, { ctx, period });
  const days = await sendBooks(env, { ctx, period });
  const { lines, refunds, isCut } = counts;
  const cut = isCut ? ' It is cut: ask for a shorter period to have the rest.' : '';
  const text = `${period.from} to ${period.to}: ${plural(lines, 'payment line')}, ${plural(refunds, 'refund')}, ${plural(days, 'closed day')}.${cut}`;
  await replyView(ctx, { text, keyboard: [] });
}

/** `30d`: that many days up to today; or two days. Undefined when it is neither, or too long. */
export function readPeriod(text: string, today: CalendarDay): Period | undefined {
  const count = Number(/^([1-9]\d{0,2})d$/i.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isNaN(count)) return count <= periodDaysMax ? { from: addDays(today, 1 - count), to: today } : undefined;
  const [from, to, ...more] = text.split(/\s+/).map(readCalendarDay);
  if (from === undefined || to === undefined || more.length > 0 || from > to) return undefined;
  return addDays(from, periodDaysMax - 1) >= to ? { from, to } : undefined;
}

interface Sending {
  ctx: TextContext;
  period: Period;
}

async function sendOrders(
  env: AdminEnv,
  { ctx, period }: Sending,
): Promise<{ lines: number; refunds: number; isCut: boolean }> {
  const window = { from: dayBounds(period.from, env.timeZone).from, to: dayBounds(period.to, env.timeZone).to };
  const orders = createCsvParts({ columns: paymentColumns, rowsMax });
  const refunds = createCsvParts({ columns: refundColumns, rowsMax });
  const send = createPartSender(ctx, period);
  const counts = { lines: 0, refunds: 0, isCut: false };
  for await (const page of exportOrders(env, window)) {
    counts.lines += page.payments.length;
    counts.refunds += page.refunds.length;
    for (const part of orders.add(page.payments)) await send('orders', part);
    for (const part of refunds.add(page.refunds)) await send('refunds', part);
    counts.isCut = send.sent('orders') >= partsMax;
    if (counts.isCut) return counts;
  }
  const rest = [orders.end(), refunds.end()];
  if (rest[0] !== undefined) await send('orders', rest[0]);
  if (rest[1] !== undefined) await send('refunds', rest[1]);
  return counts;
}

interface PartSender {
  (what: string, bytes: Uint8Array): Promise<void>;
  sent(what: string): number;
}

/** Names the files: the second part and those after it carry their number. */
function createPartSender(ctx: TextContext, period: Period): PartSender {
  const counts = new Map<string, number>();
  const sent = (what: string): number => counts.get(what) ?? 0;
  const send = async (what: string, bytes: Uint8Array): Promise<void> => {
    const part = sent(what) + 1;
    counts.set(what, part);
    const name = `${what}-${period.from}-${period.to}${part === 1 ? '' : `-part-${part}`}.csv`;
    await replyFile(ctx, { name, bytes });
  };
  return Object.assign(send, { sent });
}

async function sendBooks(env: AdminEnv, { ctx, period }: Sending): Promise<number> {
  const csv = createCsvParts({ columns: bookColumns, rowsMax });
  const send = createPartSender(ctx, period);
  const json: string[] = [];
  let [days, jsonBytes] = [0, 0];
  for await (const page of exportBooks(env, period)) {
    for (const closed of page) {
      days += 1;
      for (const part of csv.add(bookRows(closed.closing, closed.content))) await send('books', part);
      const text = JSON.stringify(closingToExport(closed));
      jsonBytes += Buffer.byteLength(text);
      if (jsonBytes <= jsonBytesMax) json.push(text);
    }
  }
  const rest = csv.end();
  if (rest !== undefined) await send('books', rest);
  if (json.length === 0) return days;
  const caption = json.length < days ? `Only the first ${json.length} days: export the rest on their own.` : undefined;
  const bytes = Buffer.from(`[\n${json.join(',\n')}\n]\n`);
  await replyFile(ctx, { name: `books-${period.from}-${period.to}.json`, bytes, ...(caption && { caption }) });
  return days;
}
