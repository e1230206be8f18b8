// Exports orders and books of a period as files. What is read goes by pages and leaves in parts, so that no
// period is too long for the memory, and beside the chat's other work, so that nobody waits for it.

import { adminActor } from '#access/admin.ts';
import { closingToExport, exportLedger } from '#accounting/ledger/export-ledger.ts';
import { ledgerColumns, ledgerRows } from '#accounting/ledger/ledger-rows.ts';
import { exportOrders, paymentColumns, refundColumns } from '#exports/export-orders.ts';
import type { ExportRow } from '#exports/export-rows.ts';
import { recordExport } from '#exports/record-export.ts';
import { addDays, type CalendarDay, dayBounds, dayOf, readCalendarDay } from '#kernel/calendar.ts';
import { nextTurn } from '#kernel/page.ts';
import { createExportWriter, type ExportFile, type ExportWriter, partBytesMax } from '../../files/export-files.ts';
import { createProgress } from '../../files/progress.ts';
import { ExportEnded, sendFile } from '../../files/send-file.ts';
import type { TextContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { replyText, replyView } from '../../kit/replies.ts';
import { type PeriodExported, periodExported } from './period-export-view.ts';

/** No longer period is asked for in one go. */
const periodDaysMax = 366;
/** More files than this nobody takes out of a chat. */
const filesMax = 60;

const usage = `For example /export 30d, or /export 2026-11-01 2026-11-30. At most ${periodDaysMax} days.`;

interface Period {
  from: CalendarDay;
  to: CalendarDay;
}

export async function runExport(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const period = readPeriod(words === '' ? '30d' : words, dayOf(env.clock.now(), env.timeZone));
  if (period === undefined) {
    await replyText(ctx, usage);
    return;
  }
  const actor = adminActor(ctx.from.id);
  await recordExport(env, { actor, what: 'orders', details: { ...period } });
  await recordExport(env, { actor, what: 'books', details: { ...period } });
  const exported: PeriodExported = { ...period, payments: 0, refunds: 0, days: 0, files: 0, end: 'under_way' };
  const messageId = await replyView(ctx, periodExported(exported));
  const exporting = { chatId: ctx.chat.id, messageId, exported };
  env.background(env.fileTurns.run(String(ctx.chat.id), () => exportPeriod(env, exporting)));
}

/** `30d`: that many days up to today; or two days. Undefined when it is neither, or too long. */
export function readPeriod(text: string, today: CalendarDay): Period | undefined {
  const count = Number(/^([1-9]\d{0,2})d$/i.exec(text)?.[1] ?? Number.NaN);
  if (!Number.isNaN(count)) return count <= periodDaysMax ? { from: addDays(today, 1 - count), to: today } : undefined;
  const [from, to, ...more] = text.split(/\s+/).map(readCalendarDay);
  if (from === undefined || to === undefined || more.length > 0 || from > to) return undefined;
  return addDays(from, periodDaysMax - 1) >= to ? { from, to } : undefined;
}

interface Exporting {
  chatId: number;
  messageId: number;
  /** Counts up while the export goes on. */
  exported: PeriodExported;
}

async function exportPeriod(env: AdminEnv, exporting: Exporting): Promise<void> {
  const { chatId, messageId, exported } = exporting;
  const progress = createProgress(env, exporting);
  const send = async (file: ExportFile): Promise<void> => {
    if (exported.files >= filesMax) throw new ExportEnded('too_large');
    await sendFile(env, { chatId, file, replyTo: messageId });
    exported.files += 1;
    progress.show(periodExported(exported));
  };
  try {
    // The command is answered first.
    await nextTurn();
    await sendOrders(env, { exported, send });
    await sendBooks(env, { exported, send });
    exported.end = 'done';
  } catch (error) {
    exported.end = error instanceof ExportEnded ? error.end : 'failed';
    if (!(error instanceof ExportEnded)) env.log.error('period not exported', {}, error);
  }
  await progress.finish(periodExported(exported));
}

interface Sending {
  exported: PeriodExported;
  send(file: ExportFile): Promise<void>;
}

/** A table is read for itself, so that the parts of a long one follow each other. */
async function sendOrders(env: AdminEnv, { exported, send }: Sending): Promise<void> {
  const { from, to } = exported;
  const window = { from: dayBounds(from, env.timeZone).from, to: dayBounds(to, env.timeZone).to };
  const payments = csvOf({ what: 'orders', columns: paymentColumns, exported }, send);
  for await (const page of exportOrders(env, window)) {
    exported.payments += page.payments.length;
    await payments.write(page.payments);
  }
  await payments.end();
  const refunds = csvOf({ what: 'refunds', columns: refundColumns, exported }, send);
  for await (const page of exportOrders(env, window)) {
    exported.refunds += page.refunds.length;
    await refunds.write(page.refunds);
  }
  await refunds.end();
}

/** As CSV to be read, and as a line of JSON for each day from which the chain can be checked. */
async function sendBooks(env: AdminEnv, { exported, send }: Sending): Promise<void> {
  const lines = csvOf({ what: 'books', columns: ledgerColumns, exported }, send);
  for await (const page of exportLedger(env, exported)) {
    exported.days += page.length;
    await lines.write(page.flatMap(({ closing, content }): ExportRow[] => ledgerRows(closing, content)));
  }
  await lines.end();
  const name = `books-${exported.from}-${exported.to}`;
  const chain = createExportWriter({ name, bytesMax: partBytesMax, formats: ['jsonl'] }, send);
  for await (const page of exportLedger(env, exported)) await chain.write(page.map(closingToExport));
  await chain.end();
}

function csvOf(
  table: { what: string; columns: readonly string[]; exported: PeriodExported },
  send: Sending['send'],
): ExportWriter {
  const { what, columns, exported } = table;
  const name = `${what}-${exported.from}-${exported.to}`;
  return createExportWriter({ name, bytesMax: partBytesMax, columns, formats: ['csv'] }, send);
}
