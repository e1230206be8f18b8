import { adminActor } from '#access/admin.ts';
import { closingToExport, readEntries } from '#accounting/ledger/export-ledger.ts';
import { ledgerColumns, ledgerRows } from '#accounting/ledger/ledger-rows.ts';
import { type ClosedDay, listLedgerDays, readLedgerDay, readLedgerDays } from '#accounting/ledger/read-ledger.ts';
import { verifyLedger } from '#accounting/ledger/verify-ledger.ts';
import { recordExport } from '#exports/record-export.ts';
import { type CalendarDay, readCalendarDay } from '#kernel/calendar.ts';
import { daysDrawn, drawBooks } from '../../charts/books-chart.ts';
import { createExportWriter, partBytesMax } from '../../files/export-files.ts';
import type { CallbackContext, TextContext } from '../../kit/contexts.ts';
import type { At, DestinationOf } from '../../kit/destinations.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { showView, tellInstead } from '../../kit/navigate.ts';
import { editView, outOfDate, replyFile, replyPicture, replyView } from '../../kit/replies.ts';
import type { OnButton } from '../../kit/screen.ts';
import type { BookAct, CallbackOf } from '../../text/callback-data.ts';
import { show } from '../../text/html.ts';
import type { View } from '../../text/view.ts';
import { bookDaysShown, bookList, bookPage, chainText, chartCaption, openBookPage } from './books-view.ts';

export async function runBooks(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  if (words === '') {
    await replyView(ctx, await drawList(env, null));
    return;
  }
  const day = readCalendarDay(words);
  const view = day && (await drawDay(env, day));
  await replyView(ctx, view ?? { text: unknownDay(words), keyboard: [] });
}

export async function openBookDay(env: AdminEnv, at: At, { day }: DestinationOf<'book'>): Promise<string> {
  const view = await drawDay(env, day);
  if (view === undefined) return tellInstead(at, unknownDay(day));
  await showView(at, view);
  return '';
}

function unknownDay(text: string): string {
  return `There is no day ${show(text, 40)} in the books. For example /books 2026-11-24`;
}

async function drawList(env: AdminEnv, position: CallbackOf<'books'>['position']): Promise<View> {
  const { timeZone } = env;
  return bookList(await listLedgerDays(env, { timeZone, position, size: bookDaysShown }), env.presentation());
}

async function drawDay(env: AdminEnv, day: CalendarDay): Promise<View | undefined> {
  const found = await readLedgerDay(env, { day, timeZone: env.timeZone });
  if (found === undefined) return undefined;
  if ('open' in found) return openBookPage(found.open, env.presentation());
  return bookPage(found.closed, { ...env.presentation(), hasNext: found.hasNext });
}

export const onBooksButton: OnButton<'books'> = async (env, ctx, callback) => {
  await editView(ctx, await drawList(env, callback.position));
  return '';
};

export const onBookButton: OnButton<'book'> = async (env, ctx, callback) => {
  return await actions[callback.act](env, ctx, callback.day);
};

/** Each does what its button says and returns the word for the toast. */
const actions: Readonly<Record<BookAct, (env: AdminEnv, ctx: CallbackContext, day: CalendarDay) => Promise<string>>> = {
  async show(env, ctx, day) {
    const view = await drawDay(env, day);
    if (view === undefined) return outOfDate;
    await editView(ctx, view);
    return '';
  },
  async chart(env, ctx, day) {
    const days = await readLedgerDays(env, { until: day, limit: daysDrawn });
    if (days.length === 0) return outOfDate;
    if (!env.recentRequests.isFirst(`book.chart:${ctx.chat.id}:${day}`)) return 'The picture was sent a moment ago.';
    await replyPicture(ctx, { png: await drawBooks(days), view: { text: chartCaption(days), keyboard: [] } });
    return '';
  },
  async export(env, ctx, day) {
    const found = await readLedgerDay(env, { day, timeZone: env.timeZone });
    if (found === undefined || 'open' in found) return outOfDate;
    if (!env.recentRequests.isFirst(`book.export:${ctx.chat.id}:${day}`)) return 'The files were sent a moment ago.';
    await recordExport(env, { actor: adminActor(ctx.from.id), what: 'books', details: { from: day, to: day } });
    await sendDay(env, ctx, found.closed);
    return 'Here are the files.';
  },
  async verify(env, ctx) {
    const verified = await verifyLedger(env);
    if (verified.kind === 'whole') return chainText(verified);
    // Too much for a word that vanishes.
    await replyView(ctx, { text: show(chainText(verified), 500), keyboard: [] });
    return 'The chain is broken.';
  },
};

async function sendDay(env: AdminEnv, ctx: CallbackContext, closed: ClosedDay): Promise<void> {
  const { closing, content, day } = closed;
  const table = { name: `books-${day}`, bytesMax: partBytesMax, columns: ledgerColumns, formats: ['csv'] } as const;
  const writer = createExportWriter(table, (file) => replyFile(ctx, file));
  await writer.write(ledgerRows(closing, content));
  await writer.end();
  const whole = { ...closingToExport(closed), entries: await readEntries(env, closing.number) };
  const json = Buffer.from(`${JSON.stringify(whole, null, 2)}\n`);
  await replyFile(ctx, { name: `books-${day}.json`, bytes: json });
}
